# library.cmake -- installs the component library: header, archives, .pc.
#
# wasmkit's archive goes with it, in a folder of its own: the cache it was built
# in may be deleted.
include(GNUInstallDirs)

# Relative to the .pc file, so that the tree may be moved as a whole.
file(RELATIVE_PATH TVN_PREFIX_FROM_PC
  /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
string(REGEX REPLACE "/$" "" TVN_PREFIX_FROM_PC "${TVN_PREFIX_FROM_PC}")
configure_file(cmake/torvyn-component.pc.in
  ${CMAKE_BINARY_DIR}/torvyn-component.pc @ONLY)
install(TARGETS torvyn-component
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT library)
install(FILES ${wasmkit_dir}/lib/libwasmkit.a
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/torvyn COMPONENT library)
install(FILES include/torvyn/component.h
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/torvyn COMPONENT library)
install(FILES ${CMAKE_BINARY_DIR}/torvyn-component.pc
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT library)
