# A story is a folder with a story.json; run.py tells how it goes; without.py takes
# its sources away.
if(FW_TESTS AND TARGET faaswatch)
    file(GLOB stories CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/tests/stories/*/story.json")
    foreach(story IN LISTS stories)
        get_filename_component(folder ${story} DIRECTORY)
        get_filename_component(name ${folder} NAME)
        add_test(NAME story_${name}
                 COMMAND Python3::Interpreter "${CMAKE_SOURCE_DIR}/tests/stories/run.py"
                         $<TARGET_FILE:faaswatch> $<TARGET_FILE:make_logs> ${folder})
        add_test(NAME without_${name}
                 COMMAND Python3::Interpreter "${CMAKE_SOURCE_DIR}/tests/stories/without.py"
                         $<TARGET_FILE:faaswatch> $<TARGET_FILE:make_logs> ${folder})
        set_tests_properties(story_${name} without_${name} PROPERTIES TIMEOUT 300)
    endforeach()
endif()
