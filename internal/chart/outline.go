package chart

import (
	"fmt"
	"io"
	"strings"

	"peerscape/internal/fault"
)

// Outline is the ground of a map: paths in whole numbers, to be scaled by
// 1/Unit.
type Outline struct {
	Credit    string
	Unit      int
	Countries []string // those whose land is drawn, by Eurostat's codes
	Land      string
	Borders   string
}

// ReadOutline reads the file that web/outline/build.mjs writes: a comment with
// the credit and the frame, then the lines "countries", "land" and "borders". A
// file that was drawn in another frame than f is refused.
func ReadOutline(r io.Reader, f Frame) (*Outline, error) {
	b, err := io.ReadAll(io.LimitReader(r, 1<<20))
	if err != nil {
		return nil, fmt.Errorf("read the outline: %w", err)
	}
	head, rest, _ := strings.Cut(string(b), "\n")
	credit, frame, ok := strings.Cut(strings.TrimPrefix(head, "# "), " laea ")
	o := &Outline{Credit: credit}
	var g Frame
	if _, err := fmt.Sscanf(frame, "%g %g frame %g %g %g %g unit %d", &g.Lon0, &g.Lat0, &g.Size, &g.Scale, &g.X0, &g.Y0, &o.Unit); !ok || err != nil {
		return nil, bad(1, "the first line does not name projection and frame")
	}
	if g != f || o.Unit < 1 {
		return nil, bad(1, "the outline was drawn in another frame than the map's")
	}
	for i, line := range strings.Split(strings.TrimSpace(rest), "\n") {
		name, path, _ := strings.Cut(line, " ")
		if name == "countries" {
			o.Countries = strings.Fields(path)
			continue
		}
		if strings.Trim(path, "Mlz0123456789 -") != "" {
			return nil, bad(i+2, "the path holds signs that no outline has")
		}
		switch name {
		case "land":
			o.Land = path
		case "borders":
			o.Borders = path
		default:
			return nil, bad(i+2, "the line is neither land nor borders")
		}
	}
	if o.Land == "" {
		return nil, bad(2, "there is no land")
	}
	return o, nil
}

func bad(line int, what string) error {
	return fault.New(fault.Invalid, "chart.outline", "%s", what).In("data/outline/europe.txt", line).
		Do("Make it again with web/outline/build.mjs")
}
