package media

import (
	"bytes"
	"encoding/binary"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/bep/imagemeta"
)

// noted is what a picture's metadata says.
type noted struct {
	traces      map[Trace]bool
	orientation int // 1 to 8 (EXIF 2.32, 4.6.4); 1 is upright
	taken       time.Time
	zone        bool
}

// blockTraces is what a block is about, for all that is known without reading it.
var blockTraces = map[string]Trace{
	"profile": Profile, "comment": Description, "tail": Attachment, "other": Other, "time": Moment, "iptc": Description,
}

// inspect reads the metadata of a picture. Whatever it cannot read is named Other:
// it goes all the same.
func inspect(kind Kind, b []byte, l layout) noted {
	n := noted{traces: map[Trace]bool{}, orientation: 1}
	read := false
	for _, x := range l.blocks {
		if t, ok := blockTraces[x.what]; ok {
			n.traces[t] = true
		}
		read = read || x.what == "exif" || x.what == "xmp" || x.what == "iptc"
	}
	format, ok := map[Kind]imagemeta.ImageFormat{JPEG: imagemeta.JPEG, PNG: imagemeta.PNG, WebP: imagemeta.WebP}[kind]
	if !read {
		return n
	}
	before := len(n.traces)
	if ok {
		if kind == WebP {
			b = plainWebP(b, l)
		}
		tags := tagsOf(format, b)
		for _, tag := range tags.All() {
			if t := traceOf(tag); t != "" {
				n.traces[t] = true
			}
		}
		n.exif(tags)
	}
	if len(n.traces) == before {
		n.traces[Other] = true
	}
	return n
}

func (n noted) sorted() []Trace { return slices.Sorted(maps.Keys(n.traces)) }

// tagsOf reads what it can; damaged metadata gives what stood before the damage.
func tagsOf(format imagemeta.ImageFormat, b []byte) (tags imagemeta.Tags) {
	_ = recovered(func() error {
		_, err := imagemeta.Decode(imagemeta.Options{
			R: io.NewSectionReader(bytes.NewReader(b), 0, int64(len(b))), ImageFormat: format,
			Sources:         imagemeta.EXIF | imagemeta.XMP | imagemeta.IPTC,
			ShouldHandleTag: func(imagemeta.TagInfo) bool { return true },
			HandleTag:       func(tag imagemeta.TagInfo) error { tags.Add(tag); return nil },
			LimitNumTags:    2000,
		})
		return err
	})
	return tags
}

// plainWebP is a WebP of nothing but the metadata of b, announced at its head and
// of even lengths: the library passes over what is not announced and what stands
// behind a part of odd length.
func plainWebP(b []byte, l layout) []byte {
	body := append([]byte("WEBPVP8X"), 10, 0, 0, 0, 0x0c, 0, 0, 0, 0, 0, 0, 0, 0, 0)
	for _, x := range l.blocks {
		if x.what != "exif" && x.what != "xmp" {
			continue
		}
		inner := b[x.start+8 : x.end]
		body = append(body, b[x.start:x.start+4]...)
		body = binary.LittleEndian.AppendUint32(body, uint32(len(inner)+len(inner)&1))
		body = append(body, inner...)
		body = append(body, make([]byte, len(inner)&1)...)
	}
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...)
}

// words sort tags by parts of their names, first match first.
var words = []struct {
	trace Trace
	parts []string
}{
	{Place, []string{"gps", "city", "country", "location", "state", "latitude", "longitude"}},
	{Preview, []string{"thumbnail", "preview", "jpeginterchange"}},
	{Moment, []string{"date", "time"}},
	{Camera, []string{"make", "model", "lens", "serial", "camera", "exposure", "fnumber", "iso", "aperture", "shutter", "flash", "focal", "metering", "whitebalance", "makernote", "lightsource", "brightness", "subjectdistance", "scenecapture", "sensing", "imageuniqueid"}},
	{Person, []string{"artist", "copyright", "owner", "byline", "by-line", "creator", "author", "rights", "credit", "person"}},
	{Program, []string{"software", "tool", "history", "program", "documentid", "instanceid"}},
	{Description, []string{"description", "comment", "caption", "title", "keyword", "subject", "headline", "label", "rating", "xp", "category"}},
}

// shape are the tags that say how pixels are stored: they tell about nobody.
var shape = []string{
	"Orientation", "XResolution", "YResolution", "ResolutionUnit", "ColorSpace", "ExifVersion", "FlashpixVersion", "ComponentsConfiguration",
	"ExifImageWidth", "ExifImageHeight", "PixelXDimension", "PixelYDimension", "YCbCrPositioning", "ImageWidth", "ImageHeight", "ImageLength",
	"Compression", "BitsPerSample", "PhotometricInterpretation", "SamplesPerPixel", "InteropIndex", "InteropVersion", "ExifOffset", "GPSInfo",
}

func traceOf(tag imagemeta.TagInfo) Trace {
	name := strings.ToLower(tag.Tag)
	if name == "creatortool" {
		return Program
	}
	if strings.Contains(strings.ToLower(tag.Namespace), "gps") {
		return Place
	}
	if slices.ContainsFunc(shape, func(s string) bool { return strings.EqualFold(s, name) }) {
		return ""
	}
	for _, w := range words {
		for _, part := range w.parts {
			if strings.Contains(name, part) {
				return w.trace
			}
		}
	}
	return Other
}

func (n *noted) exif(tags imagemeta.Tags) {
	all := tags.EXIF()
	if v, ok := all["Orientation"].Value.(uint16); ok && v >= 1 && v <= 8 {
		n.orientation = int(v)
	}
	for _, name := range []struct{ moment, zone string }{
		{"DateTimeOriginal", "OffsetTimeOriginal"}, {"DateTimeDigitized", "OffsetTimeDigitized"}, {"CreateDate", "OffsetTimeDigitized"}, {"DateTime", "OffsetTime"}, {"ModifyDate", "OffsetTime"},
	} {
		moment, _ := all[name.moment].Value.(string)
		zone, _ := all[name.zone].Value.(string)
		if n.taken, n.zone = when(moment, zone); !n.taken.IsZero() {
			return
		}
	}
}

// when reads a moment of EXIF, such as "2024:05:06 07:08:09" with "+03:00". Clocks
// that were never set give nothing.
func when(moment, zone string) (t time.Time, zoned bool) {
	moment, zone = strings.Trim(moment, " \x00"), strings.Trim(zone, " \x00")
	if zone != "" {
		if t, err := time.Parse("2006:01:02 15:04:05Z07:00", moment+zone); err == nil && t.Year() > 1990 {
			return t, true
		}
	}
	t, err := time.Parse("2006:01:02 15:04:05", moment)
	if err != nil || t.Year() <= 1990 {
		return time.Time{}, false
	}
	return t, false
}
