# How loud the pack is on ordinary logs, and that what makes it quiet is no way in.
if(FW_TESTS AND TARGET faaswatch AND TARGET make_logs)
    add_test(NAME ordinary_week
             COMMAND Python3::Interpreter "${CMAKE_SOURCE_DIR}/tests/ordinary/run.py"
                     $<TARGET_FILE:faaswatch> $<TARGET_FILE:make_logs>)
    set_tests_properties(ordinary_week PROPERTIES TIMEOUT 300)
endif()
