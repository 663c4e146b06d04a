# The whole program over the shared data, where it is at hand.
if(FW_TESTS AND TARGET faaswatch)
    add_test(NAME program_shared_data
             COMMAND Python3::Interpreter "${CMAKE_SOURCE_DIR}/tests/shared/check.py"
                     $<TARGET_FILE:faaswatch>
             WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}")
    set_tests_properties(program_shared_data PROPERTIES TIMEOUT 600
                         SKIP_REGULAR_EXPRESSION "^skipped: no shared data")
endif()
