package media

import (
	"bytes"
	"context"
	"image"
	"image/color"
	stddraw "image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/draw"
	"golang.org/x/image/webp"

	"peerscape/internal/fault"
)

const (
	maxPixels = 64_000_000 // 8000 x 8000: more than most cameras, less than a bomb
	maxDecode = 512 * mb   // bytes that the decoder may take
	quality   = 88         // of JPEG: no difference to be seen, half the size of 95
)

// decoders read the size and the pixels of a kind.
var decoders = map[Kind]struct {
	config func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
}{
	JPEG: {jpeg.DecodeConfig, jpeg.Decode},
	PNG:  {png.DecodeConfig, png.Decode},
	WebP: {webp.DecodeConfig, webp.Decode},
	GIF:  {gif.DecodeConfig, gif.Decode},
}

// picture makes the copies of a picture.
func (j *job) picture() error {
	b, err := j.source.all()
	if err != nil {
		return err
	}
	l := layoutOf(j.rule.Kind, b)
	config, err := j.measure(b, l)
	if err != nil {
		return err
	}
	notes := inspect(j.rule.Kind, b, l)
	j.result.Taken, j.result.TakenZone, j.result.Removed = notes.taken, notes.zone, notes.sorted()
	if notes.traces[Profile] {
		j.result.note("profile", nil, "The colour profile was removed; strong colours may look a little paler")
	}
	if l.moving {
		j.result.note("still", nil, "The picture moved; only its first picture was kept")
	}
	var img image.Image
	if err := recovered(func() (err error) {
		img, err = decoders[j.rule.Kind].decode(reader{j.ctx, bytes.NewReader(b)})
		return err
	}); err != nil {
		return j.undecodable(err, l)
	}
	if j.rule.Kind == GIF {
		img = onCanvas(img, config)
	}
	img = upright(img, notes.orientation)
	j.result.Width, j.result.Height = img.Bounds().Dx(), img.Bounds().Dy()
	return j.copies(img)
}

// measure refuses what would not fit in memory, before it is decoded.
func (j *job) measure(b []byte, l layout) (config image.Config, err error) {
	err = recovered(func() (err error) {
		config, err = decoders[j.rule.Kind].config(bytes.NewReader(b))
		return err
	})
	if err != nil {
		return config, j.undecodable(err, l)
	}
	pixels := int64(config.Width) * int64(config.Height)
	if config.Width <= 0 || config.Height <= 0 {
		return config, damaged(nil)
	}
	if pixels > maxPixels || config.Width > 1<<16 || config.Height > 1<<16 || float64(pixels)*depth(j.rule.Kind, config, l) > maxDecode {
		return config, fault.New(fault.TooLarge, "media.pixels", "the picture has %d x %d points", config.Width, config.Height).
			With("width", config.Width).With("height", config.Height).With("limit", maxPixels/1_000_000).
			Do("Make it smaller: at most %d million points, or half of that for pictures of 16 bits or of the progressive kind", maxPixels/1_000_000)
	}
	return config, nil
}

// depth is how many bytes a pixel takes while it is decoded, about.
func depth(kind Kind, c image.Config, l layout) float64 {
	switch {
	case kind == JPEG && l.progressive:
		return max(l.samples, 1) * 5 // four for the coefficient, one for the sample
	case kind == JPEG || kind == WebP:
		return 5
	case l.deep && l.interlaced:
		return 16
	case l.deep || l.interlaced:
		return 8
	}
	return 4
}

func (j *job) undecodable(err error, l layout) error {
	if ended := j.ctx.Err(); ended != nil {
		return ended
	}
	if j.rule.Kind == WebP && l.moving {
		return refuse("moving", "the picture is a moving WebP").Do("Upload one picture of it, or a film as MP4").Because(err)
	}
	return damaged(err)
}

// reader stops a decoder when the context ends.
type reader struct {
	ctx context.Context
	r   io.Reader
}

func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}

// onCanvas puts the first picture of a GIF where it belongs on its screen.
func onCanvas(img image.Image, c image.Config) image.Image {
	screen := image.Rect(0, 0, c.Width, c.Height)
	if img.Bounds() == screen {
		return img
	}
	canvas := image.NewNRGBA(screen)
	stddraw.Draw(canvas, img.Bounds(), img, img.Bounds().Min, stddraw.Src)
	return canvas
}

// copies gives out the picture in full and in the sizes below its own.
func (j *job) copies(img image.Image) error {
	mime, encode := "image/png", encodePNG
	if j.rule.Kind == JPEG || j.rule.Kind == WebP && opaque(img) {
		mime, encode = "image/jpeg", encodeJPEG
	}
	if j.rule.Kind == WebP || j.rule.Kind == GIF { // it is another kind now
		right := map[string]string{"image/png": "png", "image/jpeg": "jpg"}[mime]
		stem, _ := splitName(j.result.Name)
		j.result.Name = stem + "." + right
	}
	size := img.Bounds().Size()
	full := Copy{Role: Full, MIME: mime, Width: size.X, Height: size.Y}
	if err := j.give(full, func(w io.Writer) error { return encode(w, img) }); err != nil {
		return err
	}
	for _, s := range sizes { // each from the one before: quicker, and as good
		if s.width >= size.X {
			continue
		}
		if err := j.ctx.Err(); err != nil {
			return err
		}
		height := max(1, (size.Y*s.width+size.X/2)/size.X)
		img = scale(img, s.width, height)
		if err := j.give(Copy{Role: s.role, MIME: mime, Width: s.width, Height: height}, func(w io.Writer) error { return encode(w, img) }); err != nil {
			return err
		}
	}
	return nil
}

func opaque(img image.Image) bool {
	o, ok := img.(interface{ Opaque() bool })
	return ok && o.Opaque()
}

func encodePNG(w io.Writer, img image.Image) error {
	if a, ok := img.(*image.NYCbCrA); ok {
		img = flat(a, 1)
	}
	return (&png.Encoder{CompressionLevel: png.DefaultCompression}).Encode(w, img)
}

func encodeJPEG(w io.Writer, img image.Image) error {
	switch img := img.(type) {
	case *image.YCbCr, *image.Gray, *image.RGBA:
		return jpeg.Encode(w, img, &jpeg.Options{Quality: quality})
	default: // CMYK and what has a channel too many; all of it opaque
		f := flat(img, 1)
		return jpeg.Encode(w, &image.RGBA{Pix: f.Pix, Stride: f.Stride, Rect: f.Rect}, &jpeg.Options{Quality: quality})
	}
}

// upright turns and mirrors img as its camera noted.
func upright(img image.Image, orientation int) image.Image {
	if orientation == 1 {
		return img
	}
	f := flat(img, orientation)
	if opaque(f) { // the same bytes; the JPEG encoder is quicker with them
		return &image.RGBA{Pix: f.Pix, Stride: f.Stride, Rect: f.Rect}
	}
	return f
}

// flat paints img turned, as colours with a channel of transparency, 8 bits each.
// It goes by bands of rows, so that it needs the result and little more.
func flat(img image.Image, orientation int) *image.NRGBA {
	const rows = 64
	b := img.Bounds()
	w, h := b.Dx(), b.Dy()
	out := image.NewNRGBA(image.Rect(0, 0, w, h))
	if orientation >= 5 {
		out = image.NewNRGBA(image.Rect(0, 0, h, w))
	}
	band := image.NewNRGBA(image.Rect(0, 0, w, min(rows, h)))
	for top := 0; top < h; top += rows {
		n := min(rows, h-top)
		paint(band, img, image.Pt(b.Min.X, b.Min.Y+top), n)
		for y := range n {
			row := band.Pix[y*band.Stride : y*band.Stride+4*w]
			for x := range w {
				to := out.PixOffset(turned(x, top+y, w, h, orientation))
				copy(out.Pix[to:to+4], row[4*x:4*x+4])
			}
		}
	}
	return out
}

// paint fills n rows of band from img at p.
func paint(band *image.NRGBA, img image.Image, p image.Point, n int) {
	r := image.Rect(0, 0, band.Rect.Dx(), n)
	if opaque(img) { // then premultiplied colours are the same bytes, and quick to paint
		stddraw.Draw(&image.RGBA{Pix: band.Pix, Stride: band.Stride, Rect: band.Rect}, r, img, p, stddraw.Src)
		return
	}
	for y := range n {
		for x := range r.Dx() {
			band.SetNRGBA(x, y, color.NRGBAModel.Convert(img.At(p.X+x, p.Y+y)).(color.NRGBA))
		}
	}
}

// turned is where a pixel of a w x h picture belongs (EXIF 2.32, 4.6.4).
func turned(x, y, w, h, orientation int) (int, int) {
	switch orientation {
	case 2:
		return w - 1 - x, y
	case 3:
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6:
		return h - 1 - y, x
	case 7:
		return h - 1 - y, w - 1 - x
	case 8:
		return y, w - 1 - x
	}
	return x, y
}

// scale makes img smaller with the Catmull-Rom kernel, across and then down. The
// library's scaler holds 32 bytes for each pixel between its two passes, so it is
// given narrow bands: across by rows, down by columns.
func scale(img image.Image, width, height int) *image.RGBA {
	const room = 4 * mb / 32 // pixels between the passes
	b := img.Bounds()
	across := image.NewRGBA(image.Rect(0, 0, width, b.Dy()))
	bands(b.Dy(), max(1, room/width), func(n int) func(at int) {
		s := draw.CatmullRom.NewScaler(width, n, b.Dx(), n)
		return func(at int) {
			from := image.Rect(b.Min.X, b.Min.Y+at, b.Max.X, b.Min.Y+at+n)
			s.Scale(across, image.Rect(0, at, width, at+n), img, from, draw.Src, nil)
		}
	})
	out := image.NewRGBA(image.Rect(0, 0, width, height))
	bands(width, max(1, room/b.Dy()), func(n int) func(at int) {
		s := draw.CatmullRom.NewScaler(n, height, n, b.Dy())
		return func(at int) {
			s.Scale(out, image.Rect(at, 0, at+n, height), across, image.Rect(at, 0, at+n, b.Dy()), draw.Src, nil)
		}
	})
	return out
}

// bands cuts a length into bands of each, and a narrower last one. A scaler serves
// all bands of one width, for it keeps its memory.
func bands(length, each int, scaler func(n int) func(at int)) {
	at := 0
	if length >= each {
		for paint := scaler(each); at+each <= length; at += each {
			paint(at)
		}
	}
	if at < length {
		scaler(length - at)(at)
	}
}
