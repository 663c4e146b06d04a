# The actions of `faaswatch rules`, through the program.
if(FW_TESTS AND TARGET faaswatch)
    add_test(NAME rules_command
             COMMAND Python3::Interpreter "${CMAKE_SOURCE_DIR}/tests/rules/run.py"
                     $<TARGET_FILE:faaswatch>)
    set_tests_properties(rules_command PROPERTIES TIMEOUT 120)
endif()
