# A Worker that runs for real. Needs the registries of npm (and pip's, where Node is older than 20)
# the first time, and says so when they cannot be reached.
if(FW_TESTS AND TARGET faaswatch)
    add_test(NAME program_miniflare
             COMMAND Python3::Interpreter "${CMAKE_SOURCE_DIR}/tests/miniflare/check.py"
                     $<TARGET_FILE:faaswatch> "${CMAKE_BINARY_DIR}/miniflare")
    set_tests_properties(program_miniflare PROPERTIES TIMEOUT 900
                         SKIP_REGULAR_EXPRESSION "^skipped: ")
endif()
