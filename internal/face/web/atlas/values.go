package atlas

import (
	"context"
	"encoding/json"
	"net/http"

	"peerscape/internal/face/web/page"
)

// values answers what the readout says of each circle, in the order in which
// the map and the row under it draw them.
func (a *Atlas) values(ctx context.Context, r *http.Request) (*page.Answer, error) {
	q, err := a.parse(r)
	if err != nil {
		return nil, err
	}
	m, err := a.read(ctx, q)
	if err != nil {
		return nil, err
	}
	b, err := json.Marshal(a.draw(ctx, m, limits(m)).readings())
	if err != nil {
		return nil, err
	}
	return &page.Answer{JSON: b}, nil
}

// readings lists name and value of every circle in the order of drawing.
func (d *drawing) readings() [][2]string {
	var out [][2]string
	add := func(x dot) { out = append(out, [2]string{x.name, x.text}) }
	for _, class := range d.dots {
		for _, x := range class {
			add(x)
		}
	}
	for _, r := range d.metros {
		add(r.dot)
	}
	for _, r := range d.own {
		add(r.dot)
	}
	for _, g := range d.far {
		for _, x := range g.dots {
			add(x)
		}
	}
	return out
}
