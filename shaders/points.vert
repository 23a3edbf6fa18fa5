#version 330 core
// Particles, the hollow dots of their denoised predictions, and lines between them, in the coordinates of the plot.
layout(location = 0) in vec2 position;
layout(location = 1) in vec4 colour;
layout(location = 2) in float radius;  // in pixels; negative for a hollow dot

uniform vec2 view_centre;
uniform vec2 view_scale;  // 2 / (width and height of the view)
uniform float pixel_ratio;

out vec4 point_colour;
flat out float point_radius;
flat out float hollow;

void main() {
    gl_Position = vec4((position - view_centre) * view_scale, 0.0, 1.0);
    point_radius = abs(radius) * pixel_ratio;
    hollow = radius < 0.0 ? 1.0 : 0.0;
    gl_PointSize = 2.0 * point_radius + 2.0;
    point_colour = colour;
}
