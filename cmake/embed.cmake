# embed.cmake - content/ inside the binary: gen/content.c with one entry a file, sorted by path.
file(GLOB_RECURSE content_files CONFIGURE_DEPENDS RELATIVE "${CMAKE_SOURCE_DIR}/content"
     "${CMAKE_SOURCE_DIR}/content/*")
list(FILTER content_files EXCLUDE REGEX "\\.cases\\.jsonl$")
list(SORT content_files)
set(content_deps "")
foreach(f IN LISTS content_files)
    list(APPEND content_deps "${CMAKE_SOURCE_DIR}/content/${f}")
endforeach()
string(REPLACE ";" "\n" content_list "${content_files}")
file(GENERATE OUTPUT "${CMAKE_BINARY_DIR}/gen/content.list" CONTENT "${content_list}\n")
find_package(Python3 REQUIRED COMPONENTS Interpreter)
add_custom_command(
    OUTPUT "${CMAKE_BINARY_DIR}/gen/content.c"
    COMMAND Python3::Interpreter "${CMAKE_SOURCE_DIR}/tools/embed.py"
            "${CMAKE_SOURCE_DIR}/content" "${CMAKE_BINARY_DIR}/gen/content.list"
            "${CMAKE_BINARY_DIR}/gen/content.c"
    DEPENDS "${CMAKE_SOURCE_DIR}/tools/embed.py" "${CMAKE_BINARY_DIR}/gen/content.list"
            ${content_deps}
    COMMENT "embedding content/")
