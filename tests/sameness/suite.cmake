# The same rules and events through faaswatch, a second evaluator and pySigma (README.md).
if(FW_TESTS)
    set(public_rules "")
    if(IS_DIRECTORY "${CMAKE_SOURCE_DIR}/../shared/data/sigma")
        set(public_rules "${CMAKE_SOURCE_DIR}/../shared/data/sigma")
    endif()
    add_test(NAME rules_sameness
             COMMAND Python3::Interpreter "${CMAKE_CURRENT_LIST_DIR}/sameness.py"
                     $<TARGET_FILE:faaswatch> "${CMAKE_BINARY_DIR}/sameness"
                     "${CMAKE_SOURCE_DIR}/content/rules" ${public_rules})
    set_tests_properties(rules_sameness PROPERTIES TIMEOUT 1800)
endif()
