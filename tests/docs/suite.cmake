# The pages that are made from rules and code are current.
if(FW_TESTS)
    add_test(NAME docs_detections
             COMMAND Python3::Interpreter "${CMAKE_SOURCE_DIR}/tools/rules-doc.py" --check)
    add_test(NAME docs_result
             COMMAND Python3::Interpreter "${CMAKE_SOURCE_DIR}/tools/result-doc.py" --check)
endif()
