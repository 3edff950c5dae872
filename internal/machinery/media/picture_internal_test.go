package media

import (
	"image"
	"testing"

	"golang.org/x/image/draw"
)

// TestScaleInBands: bands make no difference beyond rounding between the passes.
func TestScaleInBands(t *testing.T) {
	img := image.NewNRGBA(image.Rect(3, 5, 903, 405))
	for i := range img.Pix {
		img.Pix[i] = byte(i*i/7+i%251) | byte(i%4/3*255)
	}
	for _, size := range []image.Point{{320, 142}, {899, 399}, {800, 1}, {1, 300}} {
		want := image.NewRGBA(image.Rectangle{Max: size})
		draw.CatmullRom.Scale(want, want.Rect, img, img.Rect, draw.Src, nil)
		got, far := scale(img, size.X, size.Y), 0
		for i := range want.Pix {
			far = max(far, int(want.Pix[i])-int(got.Pix[i]), int(got.Pix[i])-int(want.Pix[i]))
		}
		// A sharp edge overshoots; across and down it is cut off between the passes.
		if far > 30 || got.Rect != want.Rect {
			t.Errorf("%v: %v, a colour differs by %d", size, got.Rect, far)
		}
	}
}
