package cli

import (
	"strconv"

	"peerscape/data"
	"peerscape/internal/exchange/partnership"
)

// demoCommand sets the demonstration partnership up.
type demoCommand struct{}

func (demoCommand) Run(s *session) error {
	a, err := s.open()
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	done, err := a.Partnerships.SeedDemo(s, data.Demo())
	if err != nil {
		return err
	}
	t := &table{
		title:   "The demonstration is set up. Start the server and open /partnerships/" + done[0].Slug + ".",
		columns: []column{{name: "Partnership"}, {name: "Part"}, {name: "Number", right: true}},
		notes:   []string{"It is public and has no project manager: an administrator can invite one under /people."},
	}
	type part struct {
		Partnership string `json:"partnership"`
		Part        string `json:"part"`
		Number      int    `json:"number"`
	}
	var all []part
	for _, d := range done {
		for _, k := range partnership.Kinds()[1:] {
			t.add(d.Slug, string(k), strconv.Itoa(d.Parts[k]))
			all = append(all, part{d.Slug, string(k), d.Parts[k]})
		}
	}
	t.value = all
	return s.print(t)
}
