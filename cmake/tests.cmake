# tests.cmake - tests/unit/<folder>/test_*.c and a plug-in's own test_*.c, a program each; other
# suites bring a CMake file of their own (tests/*/suite.cmake, bench/suite.cmake).
if(FW_TESTS)
    enable_testing()

    # What the tests of a folder share: tests/unit/<folder>/*.c that is no test itself.
    function(add_unit_test name file layer)
        file(GLOB shared CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/tests/unit/${layer}/*.c")
        list(FILTER shared EXCLUDE REGEX "/test_[^/]*\\.c$")
        add_executable(${name} ${file} ${shared})
        target_include_directories(${name} PRIVATE "${CMAKE_SOURCE_DIR}")
        target_link_libraries(${name} PRIVATE fw_${layer} PkgConfig::cmocka)
        target_compile_definitions(${name} PRIVATE FW_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
        add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}")
        # A test that needs ../shared prints this when it is not there.
        set_tests_properties(${name} PROPERTIES TIMEOUT 300
                             SKIP_REGULAR_EXPRESSION "^skipped: no shared data")
    endfunction()

    foreach(layer IN LISTS layers)
        file(GLOB unit CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/tests/unit/${layer}/test_*.c")
        file(GLOB own CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/src/${layer}/*/test_*.c")
        foreach(file IN LISTS unit own)
            get_filename_component(stem ${file} NAME_WE)
            string(REGEX REPLACE "^test_" "" stem ${stem})
            add_unit_test(test_${layer}_${stem} ${file} ${layer})
        endforeach()
    endforeach()
endif()

file(GLOB suites CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/tests/*/suite.cmake"
     "${CMAKE_SOURCE_DIR}/bench/suite.cmake")
foreach(suite IN LISTS suites)
    include(${suite})
endforeach()
