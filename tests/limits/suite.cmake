# Bombs and oversized records, with the memory they take.
if(FW_TESTS AND TARGET faaswatch)
    add_test(NAME program_limits
             COMMAND Python3::Interpreter "${CMAKE_SOURCE_DIR}/tests/limits/check.py"
                     $<TARGET_FILE:faaswatch>)
    set_tests_properties(program_limits PROPERTIES TIMEOUT 300)
endif()
