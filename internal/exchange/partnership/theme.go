package partnership

import (
	"fmt"
	"io/fs"
	"slices"

	"github.com/BurntSushi/toml"

	"peerscape/internal/fault"
)

// Theme is a need or field of work that partnerships share words for.
type Theme struct {
	Code   string
	Labels map[string]string // by language of the interface
}

// Label returns the theme's name in a language, in English where it has none.
func (t Theme) Label(lang string) string {
	if s := t.Labels[lang]; s != "" {
		return s
	}
	return t.Labels["en"]
}

// ReadThemes reads themes.toml of the folder of themes.
func ReadThemes(files fs.FS) ([]Theme, error) {
	b, err := fs.ReadFile(files, "themes.toml")
	if err != nil {
		return nil, fmt.Errorf("read the themes: %w", err)
	}
	var all struct {
		Theme []map[string]string `toml:"theme"`
	}
	if err := toml.Unmarshal(b, &all); err != nil {
		return nil, fault.New(fault.Invalid, "partnership.themes", "the themes cannot be read: %v", err).In("themes.toml", 0).Do("Correct the line").Because(err)
	}
	var out []Theme
	for _, t := range all.Theme {
		code := t["code"]
		delete(t, "code")
		if code == "" || t["en"] == "" || slices.ContainsFunc(out, func(o Theme) bool { return o.Code == code }) {
			return nil, fault.New(fault.Invalid, "partnership.themes", "a theme needs a code of its own and an English label (%q)", code).In("themes.toml", 0).Do("Correct the block")
		}
		out = append(out, Theme{code, t})
	}
	return out, nil
}

// checkThemes refuses codes that no theme has.
func (r *Register) checkThemes(codes []string) error {
	var known []string
	for _, t := range r.Themes {
		known = append(known, t.Code)
	}
	for _, c := range codes {
		if !slices.Contains(known, c) {
			return fault.Unknown("partnership.theme", "theme", c, known)
		}
	}
	return nil
}
