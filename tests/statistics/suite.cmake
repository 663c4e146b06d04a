# Tail probabilities, charts, sketches and fits against SciPy.
if(FW_TESTS AND TARGET fw_baseline)
    find_package(Python3 COMPONENTS Interpreter)
    add_executable(statistics_probe "${CMAKE_SOURCE_DIR}/tests/statistics/probe.c")
    target_link_libraries(statistics_probe PRIVATE fw_baseline fw_fit)
    add_test(NAME statistics_reference
             COMMAND Python3::Interpreter "${CMAKE_SOURCE_DIR}/tests/statistics/check.py"
                     $<TARGET_FILE:statistics_probe> "${CMAKE_BINARY_DIR}"
             WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}")
    set_tests_properties(statistics_reference PROPERTIES TIMEOUT 900
                         SKIP_REGULAR_EXPRESSION "^skipped: ")
endif()
