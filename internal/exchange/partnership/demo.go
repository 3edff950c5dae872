package partnership

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"slices"

	"github.com/BurntSushi/toml"

	"peerscape/internal/exchange/content"
	"peerscape/internal/exchange/people"
	"peerscape/internal/fault"
	"peerscape/internal/machinery/db"
)

// demonstration is a file of data/demo: a table a kind of part, in which `key`
// names a part for the others, and a text is a table of languages. English is the
// original; the other languages are marked as a machine's, for nobody has signed
// them yet.
type demonstration struct {
	Slug   string            `toml:"slug"`
	Public bool              `toml:"public"`
	Parts  map[string]any    `toml:"-"`
	keys   map[string]string // id by kind and key
}

// references are the fields that name other parts, by kind and field.
var references = map[Kind]map[string]Kind{
	PartnerKind:    {"organisation": OrganisationKind},
	InstrumentKind: {"partners": PartnerKind},
	GroupKind:      {"instrument": InstrumentKind},
	ActivityKind:   {"host": PartnerKind},
	ResultKind:     {"learner": PartnerKind, "from": PartnerKind, "instrument": InstrumentKind},
}

// Demo says what LoadDemo has set up.
type Demo struct {
	ID, Slug string
	Title    content.Text
	Parts    map[Kind]int // how many of each kind
}

// LoadDemo sets up every partnership of a folder, all or none. Somebody who may
// start partnerships becomes their project manager; system stands for the
// program itself, and names nobody. It is a fault of kind Conflict if one of them
// is there already.
func (r *Register) LoadDemo(ctx context.Context, a *people.Actor, files fs.FS) ([]Demo, error) {
	names, err := fs.Glob(files, "*.toml")
	if err != nil || len(names) == 0 {
		return nil, fmt.Errorf("find the demonstration partnerships: %w", err)
	}
	if err := a.May(people.StartPartnership, people.Object{}); err != nil {
		return nil, err
	}
	var out []Demo
	err = r.People.As(ctx, a, func(tx *db.Tx, a *people.Actor) error {
		if err := a.May(people.StartPartnership, people.Object{}); err != nil {
			return err
		}
		out, err = r.loadDemos(ctx, tx, a, files, names, true)
		return err
	})
	return out, err
}

// SeedDemo is LoadDemo for the one at the machine itself, who needs no account:
// whoever can write the database file can do more than this.
func (r *Register) SeedDemo(ctx context.Context, files fs.FS) (out []Demo, err error) {
	names, err := fs.Glob(files, "*.toml")
	if err != nil || len(names) == 0 {
		return nil, fmt.Errorf("find the demonstration partnerships: %w", err)
	}
	err = r.DB.Write(ctx, func(tx *db.Tx) error {
		out, err = r.loadDemos(ctx, tx, &people.Actor{Account: "system"}, files, names, false)
		return err
	})
	return out, err
}

func (r *Register) loadDemos(ctx context.Context, tx *db.Tx, a *people.Actor, files fs.FS, names []string, lead bool) ([]Demo, error) {
	var out []Demo
	for _, name := range names {
		b, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		d := demonstration{keys: map[string]string{}}
		if err := toml.Unmarshal(b, &d); err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		if err := toml.Unmarshal(b, &d.Parts); err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		done, err := r.loadDemo(ctx, tx, a, &d, lead)
		if err != nil {
			return nil, fmt.Errorf("set up %s: %w", name, err)
		}
		out = append(out, done)
	}
	return out, nil
}

func (r *Register) loadDemo(ctx context.Context, tx *db.Tx, a *people.Actor, d *demonstration, lead bool) (Demo, error) {
	out := Demo{Slug: d.Slug, Parts: map[Kind]int{}}
	var err error
	if out.ID, err = r.newID(); err != nil {
		return out, err
	}
	profile, err := r.demoPart(d, ProfileKind, d.Parts["profile"])
	if err != nil {
		return out, err
	}
	out.Title = profile.(*Profile).Title
	p, err := r.start(ctx, tx, a, out.ID, d.Slug, profile.(*Profile), lead)
	if err != nil {
		return out, err
	}
	for _, k := range Kinds()[1:] {
		tables, _ := d.Parts[string(k)].([]map[string]any)
		for n, t := range tables {
			key, _ := t["key"].(string)
			delete(t, "key")
			x, err := r.demoPart(d, k, t)
			if err != nil {
				return out, fmt.Errorf("%s %d (%s): %w", k, n+1, key, err)
			}
			if err := r.keep(ctx, tx, p, x, a.Account, ""); err != nil {
				return out, fmt.Errorf("%s %d (%s): %w", k, n+1, key, err)
			}
			d.keys[string(k)+"/"+key] = x.Self().ID
			out.Parts[k]++
		}
	}
	return out, updatePublic(ctx, tx, out.ID, d.Public)
}

// demoPart makes a part of a table: names of parts become ids, tables of
// languages become texts.
func (r *Register) demoPart(d *demonstration, k Kind, table any) (Part, error) {
	t, ok := table.(map[string]any)
	if !ok {
		return nil, fault.New(fault.Invalid, "partnership.demo", "there is no table %s", k).Do("Write one")
	}
	blank, err := New(k)
	if err != nil {
		return nil, err
	}
	if err := d.resolve(references[k], t); err != nil {
		return nil, err
	}
	for _, f := range blank.Texts() {
		at, name := t, f.Name
		if f.Name == "indicator-name" {
			at, _ = t["indicator"].(map[string]any)
			name = "name"
		}
		if wordings, ok := at[name].(map[string]any); ok {
			if at[name], err = r.demoText(wordings); err != nil {
				return nil, fmt.Errorf("%s: %w", f.Name, err)
			}
		} else if at != nil {
			at[name] = content.Text{}
		}
	}
	if k == InstrumentKind && t["indicator"] == nil {
		t["indicator"] = map[string]any{"name": content.Text{}}
	}
	body, err := json.Marshal(t)
	if err != nil {
		return nil, err
	}
	return Decode(k, Entry{}, body)
}

func (d *demonstration) resolve(fields map[string]Kind, t map[string]any) error {
	id := func(k Kind, key string) (string, error) {
		if id := d.keys[string(k)+"/"+key]; id != "" {
			return id, nil
		}
		return "", fault.New(fault.Invalid, "partnership.demo", "there is no %q among the %s", key, k).Do("Correct the key, and set it before what names it")
	}
	var err error
	for name, v := range t {
		k, named := fields[name]
		switch v := v.(type) {
		case string:
			if named {
				if t[name], err = id(k, v); err != nil {
					return err
				}
			}
		case []any:
			for i := range v {
				if s, ok := v[i].(string); ok && named {
					if v[i], err = id(k, s); err != nil {
						return err
					}
				} else if m, ok := v[i].(map[string]any); ok {
					err = d.resolve(fields, m)
				}
			}
		case []map[string]any:
			for _, m := range v {
				if err := d.resolve(fields, m); err != nil {
					return err
				}
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *Register) demoText(wordings map[string]any) (content.Text, error) {
	english, _ := wordings["en"].(string)
	at := r.Now()
	t := content.Write("en", english, at)
	for _, lang := range slices.Sorted(maps.Keys(wordings)) {
		value, ok := wordings[lang].(string)
		if lang == "en" || !ok {
			continue
		}
		code, err := content.ParseLang(lang)
		if err != nil {
			return t, err
		}
		if t, err = t.Translate(content.Translation{Lang: code, Value: value, Mark: content.Machine, From: "en", Seen: t.Original().At, At: at}); err != nil {
			return t, err
		}
	}
	return t, nil
}
