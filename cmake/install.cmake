# install.cmake - the program, its man pages and completions (made by the program itself).
if(TARGET faaswatch)
    include(GNUInstallDirs)
    install(TARGETS faaswatch RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
