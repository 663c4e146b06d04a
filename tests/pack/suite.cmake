# Hand-over packs: written, verified, tampered with, judged again from their own evidence.
if(FW_TESTS AND TARGET faaswatch)
    set(pack_stories leaver three_clouds gcp_leaver_and_agent beacon_to_changed_function worker_approved
        approved_change)
    list(TRANSFORM pack_stories PREPEND "${CMAKE_SOURCE_DIR}/tests/stories/")
    add_test(NAME program_pack
             COMMAND Python3::Interpreter "${CMAKE_SOURCE_DIR}/tests/pack/again.py"
                     $<TARGET_FILE:faaswatch> $<TARGET_FILE:make_logs> ${pack_stories})
    set_tests_properties(program_pack PROPERTIES TIMEOUT 300)
endif()

# What is written, before the validators of others; and hunts.
if(FW_TESTS AND TARGET faaswatch)
    add_test(NAME program_pack_validators
             COMMAND Python3::Interpreter "${CMAKE_SOURCE_DIR}/tests/pack/validators.py"
                     $<TARGET_FILE:faaswatch> "${CMAKE_BINARY_DIR}"
             WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}")
    add_test(NAME program_hunts
             COMMAND Python3::Interpreter "${CMAKE_SOURCE_DIR}/tests/pack/hunts.py"
                     $<TARGET_FILE:faaswatch>)
    add_test(NAME program_pack_names
             COMMAND Python3::Interpreter "${CMAKE_SOURCE_DIR}/tests/pack/names.py"
                     $<TARGET_FILE:faaswatch>)
    set_tests_properties(program_pack_validators program_hunts program_pack_names PROPERTIES TIMEOUT 600
                         SKIP_REGULAR_EXPRESSION "^skipped: ")
endif()
