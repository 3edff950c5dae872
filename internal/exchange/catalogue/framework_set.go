package catalogue

import (
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"

	"peerscape/internal/fault"
)

// Set returns the framework with keys changed, each written as in
// "treat.most=3", "normalise.method=z-score" or "group.economy.weight=2": groups
// and indicators are named by code, choices by name, other rows by number from 1.
// Values are TOML; words need no quotes. A key that there is not is refused with
// the nearest.
func (f *Framework) Set(assignments ...string) (*Framework, error) {
	rows, err := f.copied()
	if err != nil {
		return nil, err
	}
	for _, a := range assignments {
		key, value, ok := strings.Cut(a, "=")
		if key = strings.TrimSpace(key); !ok || key == "" || strings.Contains(value, "\n") {
			return nil, fault.New(fault.Invalid, "framework.set", "%q changes no key", fault.Clip(a, 60)).Do("Write key=value, such as treat.most=3")
		}
		s := setting{key: key, value: strings.TrimSpace(value)}
		if err := s.put(reflect.ValueOf(&rows).Elem(), strings.Split(key, ".")); err != nil {
			return nil, err
		}
	}
	return newFramework(f.name, rows, nil)
}

// setting is a value on its way to its key.
type setting struct{ key, value string }

// put walks the path from v and sets what is at its end.
func (s setting) put(v reflect.Value, path []string) error {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		return s.put(v.Elem(), path)
	case reflect.Struct:
		if len(path) > 0 {
			return s.field(v, path)
		}
	case reflect.Map:
		if len(path) > 0 {
			to := reflect.New(v.Type().Elem()).Elem()
			if err := s.decode(to); err != nil {
				return err
			}
			if v.IsNil() {
				v.Set(reflect.MakeMap(v.Type()))
			}
			v.SetMapIndex(reflect.ValueOf(strings.Join(path, ".")), to)
			return nil
		}
	case reflect.Slice:
		if len(path) > 0 && v.Type().Elem().Kind() == reflect.Struct {
			return s.row(v, path)
		}
	}
	if len(path) > 0 {
		return s.unknown(path[0], nil)
	}
	return s.decode(v)
}

// field goes on in the field that the file calls by the first word of the path.
func (s setting) field(v reflect.Value, path []string) error {
	var known []string
	for _, f := range reflect.VisibleFields(v.Type()) {
		name, _, _ := strings.Cut(f.Tag.Get("toml"), ",")
		if name == path[0] && name != "record" {
			return s.put(v.FieldByIndex(f.Index), path[1:])
		}
		if name != "" && name != "record" {
			known = append(known, name)
		}
	}
	return s.unknown(path[0], known)
}

// row goes on in the row of a code, a name or a number; codes may have points.
func (s setting) row(v reflect.Value, path []string) error {
	var known []string
	for i := range v.Len() {
		row := v.Index(i)
		name := strconv.Itoa(i + 1)
		for _, f := range []string{"Code", "Name"} {
			if c := row.FieldByName(f); c.IsValid() && c.Kind() == reflect.String && c.String() != "" {
				name = c.String()
				break
			}
		}
		known = append(known, name)
		if n := len(strings.Split(name, ".")); n <= len(path) && strings.Join(path[:n], ".") == name {
			return s.put(row, path[n:])
		}
	}
	return s.unknown(path[0], known)
}

func (s setting) unknown(word string, known []string) error {
	if len(known) == 0 {
		return fault.New(fault.Invalid, "framework.key", "%s is not a key of a framework: there is nothing below it called %q", s.key, word).
			Do("docs/framework.md lists the keys")
	}
	f := fault.Unknown("framework.key", "key", word, known)
	f.What = s.key + " is not a key of this framework: " + f.What
	return f
}

// decode reads the value into v.
func (s setting) decode(v reflect.Value) error {
	if v.Kind() == reflect.String {
		word := s.value
		if unquoted, err := strconv.Unquote(word); err == nil {
			word = unquoted
		}
		v.SetString(word)
		return nil
	}
	var box struct{ V toml.Primitive }
	meta, err := toml.Decode("V = "+s.value, &box)
	if err == nil {
		fresh := reflect.New(v.Type())
		if err = meta.PrimitiveDecode(box.V, fresh.Interface()); err == nil {
			if rest := meta.Undecoded(); len(rest) > 0 {
				return s.unknown(rest[0][len(rest[0])-1], nil)
			}
			v.Set(fresh.Elem())
			return nil
		}
	}
	return fault.New(fault.Invalid, "framework.set", "%q is no value for %s", fault.Clip(s.value, 60), s.key).
		Do("Write %s", wanted(v.Type())).Because(err)
}

// wanted says what a key takes.
func wanted(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.Int:
		return "a whole number"
	case reflect.Float64:
		return "a number"
	case reflect.Slice, reflect.Array:
		return "a list, such as [1, 2]"
	}
	return "it as TOML"
}

// only keeps the rows of elements that a framework has.
func (f *Framework) only(codes []string) (*Framework, error) {
	rows, err := f.copied()
	if err != nil {
		return nil, err
	}
	rows.Group = slices.DeleteFunc(rows.Group, func(r groupRow) bool { return !slices.Contains(codes, r.Code) })
	rows.Indicator = slices.DeleteFunc(rows.Indicator, func(r memberRow) bool { return !slices.Contains(codes, r.Code) })
	return newFramework(f.name, rows, nil)
}

// For returns the framework as it is for residents, firms or visitors (see
// composite.Framework.Only).
func (f *Framework) For(group string) (*Framework, error) {
	only, err := f.Only(group)
	if err != nil {
		return nil, err
	}
	return f.only(only.Codes())
}

// Leave returns the framework without an indicator or a group (see
// composite.Framework.Without).
func (f *Framework) Leave(code string) (*Framework, error) {
	without, err := f.Without(code)
	if err != nil {
		return nil, err
	}
	return f.only(without.Codes())
}
