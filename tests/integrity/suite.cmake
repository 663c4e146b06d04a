# Chains of digests made by other hands (../shared/tools/cloudtrail-digest, in moto's S3).
if(FW_TESTS AND TARGET faaswatch)
    add_test(NAME program_digest_chains
             COMMAND Python3::Interpreter "${CMAKE_SOURCE_DIR}/tests/integrity/check.py"
                     $<TARGET_FILE:faaswatch> "${CMAKE_BINARY_DIR}"
             WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}")
    set_tests_properties(program_digest_chains PROPERTIES TIMEOUT 900
                         SKIP_REGULAR_EXPRESSION "^skipped: ")
endif()
