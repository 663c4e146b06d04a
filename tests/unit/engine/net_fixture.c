/* The helpers of the tests of network sources, for tests that need intake too. */
#include "tests/unit/source/net_fixture.c"
