package figure

import (
	"context"

	"peerscape/internal/face/locale"
)

// Dimension returns the name of a dimension, its id where none is known.
func Dimension(ctx context.Context, id string) string {
	return locale.From(ctx).Or("dimension."+id, id)
}

// Code returns what a code of a dimension means: the messages' word, else the
// label of the file, else "".
func Code(ctx context.Context, id, code, label string) string {
	r := locale.From(ctx)
	if word := r.Or("code."+id+"."+code, r.Or("code.any."+code, label)); word != code {
		return word
	}
	return ""
}

// Worded writes one dimension of a filter in words with its code: "unit:
// purchasing power standard per inhabitant (unit=PPS_HAB_EU27_2020)".
func Worded(ctx context.Context, id, code, label string) string {
	if word := Code(ctx, id, code, label); word != "" {
		return Dimension(ctx, id) + ": " + word + " (" + id + "=" + code + ")"
	}
	return Dimension(ctx, id) + ": " + code + " (" + id + ")"
}
