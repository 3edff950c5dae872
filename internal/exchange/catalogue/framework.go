package catalogue

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"peerscape/internal/engine/composite"
	"peerscape/internal/engine/composite/impute"
	"peerscape/internal/fault"
)

// Framework is a framework file: how an index is built, and at which NUTS level.
type Framework struct {
	composite.Framework
	Level  int     // NUTS level for which it is meant; 0 where it is not about regions
	Record *Record // of the run that the file tells of; nil where it is a framework alone

	name string // of the file
	rows frameworkFile
}

// Frameworks reads the framework files of a folder, sorted by code.
func Frameworks(files fs.FS, directions func(code string) Direction) ([]*Framework, error) {
	names, err := fs.Glob(files, "*.toml")
	if err != nil {
		return nil, fmt.Errorf("list the frameworks: %w", err)
	}
	var out []*Framework
	for _, name := range names {
		b, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		f, err := ReadFramework(name, string(b), directions)
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	slices.SortFunc(out, func(a, b *Framework) int { return cmp.Compare(a.Code, b.Code) })
	return out, nil
}

// ReadFramework reads a framework file. An indicator without a direction takes
// that of the catalogue, which directions gives; nil or an empty answer refuses
// it. What the file says of the hierarchy is checked by composite.New.
func ReadFramework(name, text string, directions func(code string) Direction) (*Framework, error) {
	var f frameworkFile
	meta, err := toml.Decode(text, &f)
	if err != nil {
		bad := fault.New(fault.Invalid, "framework.syntax", "%v", err).Do("Correct the line").In(name, 0).Because(err)
		if p, ok := errors.AsType[toml.ParseError](err); ok {
			bad.What, bad.Place.Line = cmp.Or(p.Message, p.Error()), p.Position.Line
		}
		return nil, bad
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return nil, fault.New(fault.Invalid, "framework.key", "%s is not a key of a framework", unknown[0]).
			Do("Correct its spelling; docs/framework.md lists the keys").In(name, lineOf(text, unknown[0][len(unknown[0])-1]))
	}
	return newFramework(name, f, directions)
}

// newFramework makes a framework of the rows of a file.
func newFramework(name string, f frameworkFile, directions func(code string) Direction) (*Framework, error) {
	out := &Framework{Level: f.Level, Record: f.Record, name: name, rows: f}
	if err := f.build(&out.Framework, directions); err != nil {
		return nil, placed(err, name)
	}
	out.explicit()
	return out, nil
}

// placed names the file in a fault that has no place.
func placed(err error, name string) error {
	if e, ok := errors.AsType[*fault.Error](err); ok && e.Place.File == "" {
		e.Place.File = name
	}
	return err
}

// about names the element in a fault that does not.
func about(err error, element string) error {
	if e, ok := errors.AsType[*fault.Error](err); ok && !strings.Contains(e.What, element) {
		e.What = element + ": " + e.What
	}
	return err
}

func (f *frameworkFile) build(out *composite.Framework, directions func(string) Direction) (err error) {
	out.Code, out.Name, out.Note, out.GroupBy, out.PerYear = f.Code, f.Name, f.Note, f.GroupBy, f.PerYear
	out.Screen = impute.Screening{Share: f.Screen.Share, ZeroIsMissing: f.Screen.ZeroIsMissing}
	out.Coverage = f.Screen.Coverage
	if f.Code == "" {
		return fault.New(fault.Invalid, "framework.code", "the framework has no code").Do(`Write code = "..." at the top`)
	}
	for _, r := range f.Impute {
		rule, err := r.rule()
		if err != nil {
			return err
		}
		if rule.Method != impute.None {
			out.Impute = append(out.Impute, rule)
		}
	}
	if f.Treat != nil {
		out.TreatPerYear = f.Treat.PerYear
		if out.Treat, err = f.Treat.rule(); err != nil {
			return err
		}
	}
	if out.Normalise, err = f.Normalise.rule(); err != nil {
		return err
	}
	if out.Aggregate, err = f.Aggregate.rule(); err != nil {
		return err
	}
	if out.Anchor, err = f.Anchor.rule(); err != nil {
		return err
	}
	for _, r := range f.Group {
		if err := r.add(out); err != nil {
			return about(err, "group "+r.Code)
		}
	}
	for _, r := range f.Indicator {
		if err := r.add(out, directions); err != nil {
			return about(err, "indicator "+r.Code)
		}
	}
	for _, r := range f.Choice {
		if err := r.add(out); err != nil {
			return about(err, "choice "+r.Name)
		}
	}
	return nil
}
