#version 330 core
// Round dots with an edge of one pixel, or, for lines, the colour as it is. Colours are premultiplied by alpha, so that
// the texture can be laid over a plot of any colour.
in vec4 point_colour;
flat in float point_radius;
flat in float hollow;

uniform bool round_dots;
uniform vec3 rim;  // colour of the thin rim that keeps touching dots apart

out vec4 fragment;

void main() {
    vec3 colour = point_colour.rgb;
    float alpha = point_colour.a;
    if (round_dots) {
        float distance = length(gl_PointCoord - vec2(0.5)) * (2.0 * point_radius + 2.0);
        float inside = clamp(point_radius + 0.5 - distance, 0.0, 1.0);
        if (hollow > 0.5) {
            inside *= clamp(distance - (point_radius - 1.6), 0.0, 1.0);
        } else if (point_radius > 1.6) {
            colour = mix(colour, rim, 0.75 * clamp(distance - (point_radius - 0.8), 0.0, 1.0));
        }
        alpha *= inside;
        if (alpha <= 0.0) {
            discard;
        }
    }
    fragment = vec4(colour * alpha, alpha);
}
