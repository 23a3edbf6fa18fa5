# The GUI set, compiled from the source package imgui-bundle: one pinned set of libraries that go together.
#
#   drift::gui              Dear ImGui (docking), ImPlot, ImPlot3D, Hello ImGui on GLFW + OpenGL 3, and on no window at all:
#                           RunnerParams::platformBackendType = PlatformBackendType::Null with rendererBackendType =
#                           RendererBackendType::Null draws nothing, needs no display, and runs everything else. Hello
#                           ImGui's null renderer forgets textures: call ImGui_ImplNullRender_Init() in PostInit and
#                           ImGui_ImplNullRender_RenderDrawData(ImGui::GetDrawData()) in AfterSwap (imgui_impl_null.h);
#                           its null platform forgets the context: ImGui::DestroyContext() in BeforeExit_PostCleanup
#   drift::gui_test_engine  the same with Dear ImGui Test Engine, for tests; there where DRIFT_GUI_TEST_ENGINE is on
#                           (then HELLOIMGUI_WITH_TEST_ENGINE is defined for everybody, app included)
#
# Include <hello_imgui/hello_imgui.h>, <imgui.h>, <imgui_internal.h>, <misc/cpp/imgui_stdlib.h>, <implot.h>, <implot3d.h>;
# OpenGL functions come from <hello_imgui/hello_imgui_include_opengl.h>; tests include <imgui_test_engine/imgui_te_engine.h>
# and imgui_te_context.h; <stb_image.h> and <stb_image_write.h> are there too, implemented. Plots take float and double
# only (ImPlot's other numeric types cost minutes to compile).
# Fonts (DroidSans.ttf, Font_Awesome_6_Free-Solid-900.otf) lie in fonts/ beside the program.
include_guard()

option(DRIFT_GUI_TEST_ENGINE "Compile Dear ImGui with the hooks of its test engine" ${BUILD_TESTING})
find_package(glfw3 REQUIRED)
find_package(OpenGL REQUIRED)

drift_fetch(bundle_dir NAME imgui-bundle VERSION 1.93.0 SIZE "54 MB" SOURCE
  SHA256 10ad1dab8258a6787b4f07bb926b08d0efc648a7906242568c8dd778c5e719bf
  PATTERNS "*/external/imgui/imgui/*" "*/external/implot/implot/*" "*/external/implot3d/implot3d/*"
           "*/external/hello_imgui/hello_imgui/src/*" "*/external/hello_imgui/hello_imgui/external/*"
           "*/external/hello_imgui/hello_imgui/hello_imgui_assets/*" "*/external/imgui_test_engine/imgui_test_engine/*"
           "*/LICENSE")
set(bundle ${bundle_dir}/imgui_bundle-1.93.0/external)
set(hello ${bundle}/hello_imgui/hello_imgui)
file(CREATE_LINK ${hello}/hello_imgui_assets/fonts ${PROJECT_BINARY_DIR}/fonts SYMBOLIC)

# A library of somebody else's: optimised in every preset, its warnings not ours, its assertions on except in a release.
function(drift_gui_library name)
  add_library(${name} STATIC EXCLUDE_FROM_ALL ${ARGN})
  set_target_properties(${name} PROPERTIES COMPILE_WARNING_AS_ERROR OFF CXX_CLANG_TIDY "" POSITION_INDEPENDENT_CODE ON)
  target_compile_options(${name} PRIVATE -w -O2 -g0 $<$<NOT:$<CONFIG:Release>>:-UNDEBUG>)
endfunction()

file(GLOB imgui_sources ${bundle}/imgui/imgui/*.cpp)
drift_gui_library(drift_imgui ${imgui_sources}
  ${bundle}/imgui/imgui/misc/cpp/imgui_stdlib.cpp
  ${bundle}/imgui/imgui/backends/imgui_impl_glfw.cpp
  ${bundle}/imgui/imgui/backends/imgui_impl_null.cpp
  ${bundle}/imgui/imgui/backends/imgui_impl_opengl3.cpp)
target_include_directories(drift_imgui SYSTEM PUBLIC
  ${bundle}/imgui/imgui ${bundle}/imgui/imgui/backends ${bundle}/imgui/imgui/misc/cpp)
target_compile_definitions(drift_imgui PUBLIC "ImDrawIdx=unsigned int" IMGUI_DISABLE_OBSOLETE_FUNCTIONS)
target_link_libraries(drift_imgui PUBLIC glfw ${CMAKE_DL_LIBS})

drift_gui_library(drift_implot
  ${bundle}/implot/implot/implot.cpp ${bundle}/implot/implot/implot_items.cpp
  ${bundle}/implot3d/implot3d/implot3d.cpp ${bundle}/implot3d/implot3d/implot3d_items.cpp
  ${bundle}/implot3d/implot3d/implot3d_meshes.cpp)
target_include_directories(drift_implot SYSTEM PUBLIC ${bundle}/implot/implot ${bundle}/implot3d/implot3d)
target_compile_definitions(drift_implot PUBLIC
  "IMPLOT_CUSTOM_NUMERIC_TYPES=(float)(double)" "IMPLOT3D_CUSTOM_NUMERIC_TYPES=(float)(double)")
target_link_libraries(drift_implot PUBLIC drift_imgui)

file(GLOB hello_sources ${hello}/src/hello_imgui/impl/*.cpp ${hello}/src/hello_imgui/widgets/*.cpp
  ${hello}/src/hello_imgui/internal/*.cpp ${hello}/src/hello_imgui/internal/*/*.c ${hello}/src/hello_imgui/internal/*/*.cpp
  ${hello}/src/hello_imgui/internal/backend_impls/*/*.cpp)
list(FILTER hello_sources EXCLUDE REGEX "/deprecated/")
drift_gui_library(drift_hello_imgui ${hello_sources}
  ${hello}/external/OpenGL_Loaders/glad/src/glad.c
  ${hello}/external/stb_hello_imgui/stb_impl_hello_imgui.cpp)
target_include_directories(drift_hello_imgui SYSTEM
  PUBLIC ${hello}/src ${hello}/external/OpenGL_Loaders/glad/include ${hello}/external/stb_hello_imgui
  PRIVATE ${hello}/src/hello_imgui ${hello}/external)
target_compile_definitions(drift_hello_imgui
  PUBLIC HELLOIMGUI_USE_GLFW HELLOIMGUI_USE_GLFW3 HELLOIMGUI_HAS_OPENGL HELLOIMGUI_HAS_OPENGL3 HELLOIMGUI_USE_GLAD
         IMGUI_IMPL_OPENGL_LOADER_GLAD)
set_source_files_properties(${hello}/external/stb_hello_imgui/stb_impl_hello_imgui.cpp PROPERTIES
  COMPILE_DEFINITIONS "STB_IMAGE_IMPLEMENTATION;STB_IMAGE_WRITE_IMPLEMENTATION")
target_link_libraries(drift_hello_imgui PUBLIC drift_imgui nlohmann_json::nlohmann_json OpenGL::GL)

add_library(drift_gui INTERFACE)
add_library(drift::gui ALIAS drift_gui)
target_link_libraries(drift_gui INTERFACE drift_hello_imgui drift_implot drift_imgui)

if(DRIFT_GUI_TEST_ENGINE)
  set(engine ${bundle}/imgui_test_engine/imgui_test_engine)
  file(GLOB engine_sources ${engine}/imgui_test_engine/*.cpp)
  drift_gui_library(drift_gui_test_engine ${engine_sources})
  add_library(drift::gui_test_engine ALIAS drift_gui_test_engine)
  target_include_directories(drift_gui_test_engine SYSTEM PUBLIC ${engine} ${engine}/imgui_test_engine)
  target_compile_definitions(drift_gui_test_engine PRIVATE IMGUI_DISABLE_STB_IMAGE_WRITE_IMPLEMENTATION
    IMGUI_STB_IMAGE_WRITE_FILENAME="${hello}/external/stb_hello_imgui/stb_image_write.h")
  target_compile_definitions(drift_imgui PUBLIC IMGUI_ENABLE_TEST_ENGINE IMGUI_TEST_ENGINE_ENABLE_CAPTURE=1
    IMGUI_TEST_ENGINE_ENABLE_STD_FUNCTION=1 IMGUI_TEST_ENGINE_ENABLE_COROUTINE_STDTHREAD_IMPL=1)
  target_link_libraries(drift_gui_test_engine PUBLIC drift_imgui PRIVATE drift_hello_imgui)
  # Dear ImGui calls the engine's hooks and the engine calls Dear ImGui: static libraries in a circle.
  target_link_libraries(drift_imgui PUBLIC drift_gui_test_engine)
  target_sources(drift_hello_imgui PRIVATE ${hello}/src/hello_imgui_test_engine_integration/test_engine_integration.cpp)
  target_compile_definitions(drift_hello_imgui PUBLIC HELLOIMGUI_WITH_TEST_ENGINE)
endif()
