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
