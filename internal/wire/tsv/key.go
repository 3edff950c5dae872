package tsv

import (
	"bytes"
	"unicode"
	"unicode/utf8"

	"peerscape/internal/fault"
)

const (
	mostKept = 1 << 17 // codes kept for reuse; a file with more is read without reuse
	longest  = 256     // bytes of a code
)

// key reads the codes before the cells. A code is made into a string once a
// file, and codes that did not change since the row before are not looked up.
type key struct {
	layout *layout
	raw    []byte // the key of the row before
	ends   []int  // of its codes in raw
	all    []string
	codes  []string // all without region and time
	region string
	time   string
	kept   map[string]string
}

func newKey(l *layout) key {
	return key{
		layout: l, ends: make([]int, 0, l.codes), all: make([]string, l.codes),
		codes: make([]string, 0, l.codes), kept: make(map[string]string),
	}
}

// read takes the key off a row and returns the cells behind it.
func (k *key) read(row []byte) (cells []byte, err error) {
	end, rest := k.cut(row)
	if end < 0 {
		return nil, wrong(0, "wire.row", "the row has no cells behind its key").
			Do("Check that the columns are separated as in the heading, or download the file again")
	}
	raw := row[:end]
	same := k.unchanged(raw)
	k.ends = k.ends[:same]
	from := 0
	if same > 0 {
		from = k.ends[same-1] + 1
	}
	for from <= len(raw) {
		to := len(raw)
		if i := bytes.IndexByte(raw[from:], k.layout.between); i >= 0 {
			to = from + i
		}
		if len(k.ends) == k.layout.codes {
			return nil, k.miscounted(raw)
		}
		if k.all[len(k.ends)], err = k.code(raw[from:to]); err != nil {
			return nil, k.inColumn(err)
		}
		k.ends = append(k.ends, to)
		from = to + 1
	}
	if len(k.ends) != k.layout.codes {
		return nil, k.miscounted(raw)
	}
	k.raw = append(k.raw[:0], raw...)
	k.assign(same)
	return rest, nil
}

// cut finds the end of the key and the cells behind it; -1 if there are none.
func (k *key) cut(row []byte) (end int, rest []byte) {
	if k.layout.between != k.layout.separator {
		i := bytes.IndexByte(row, k.layout.separator)
		if i < 0 {
			return -1, nil
		}
		return i, row[i+1:]
	}
	from := 0
	for range k.layout.codes {
		i := bytes.IndexByte(row[from:], k.layout.separator)
		if i < 0 {
			return -1, nil
		}
		from += i + 1
	}
	return from - 1, row[from:]
}

// unchanged returns how many of the first codes are those of the row before.
func (k *key) unchanged(raw []byte) int {
	n := min(len(raw), len(k.raw))
	if len(k.ends) == 0 {
		return 0
	}
	common := 0
	for common < n && raw[common] == k.raw[common] {
		common++
	}
	same := 0
	for same < len(k.ends)-1 && k.ends[same] < common { // the separator behind it is common too
		same++
	}
	return same
}

func (k *key) assign(same int) {
	l := k.layout
	if l.region >= 0 {
		k.region = k.all[l.region]
	}
	if l.time >= 0 {
		k.time = k.all[l.time]
	}
	if same == l.codes-1 && (l.region == same || l.time == same) && len(k.codes) == l.codes-1 {
		return
	}
	k.codes = k.codes[:0]
	for i, c := range k.all {
		if i != l.region && i != l.time {
			k.codes = append(k.codes, c)
		}
	}
}

// code returns the string of a code, the same one each time.
func (k *key) code(b []byte) (string, error) {
	if c, ok := k.kept[string(b)]; ok {
		return c, nil
	}
	text := bytes.TrimSpace(b)
	if len(text) == 0 {
		return "", wrong(0, "wire.code", "the key has an empty code").
			Do("Write the missing code, or download the file again")
	}
	if len(text) > longest || !utf8.Valid(text) || bytes.ContainsFunc(text, unicode.IsControl) {
		return "", wrong(0, "wire.code", "%q is not a code", fault.Clip(text, 40)).
			Do("Save the file as UTF-8 text, or download it again")
	}
	c := string(text)
	if len(k.kept) < mostKept {
		k.kept[string(b)] = c
	}
	return c, nil
}

// inColumn sets the column of a wrong code.
func (k *key) inColumn(err error) error {
	if k.layout.between == k.layout.separator {
		return inColumn(err, len(k.ends)+1)
	}
	return inColumn(err, 1)
}

func (k *key) miscounted(raw []byte) error {
	n := bytes.Count(raw, []byte{k.layout.between}) + 1
	return wrong(1, "wire.key", "the key %q has %d codes where the heading names %d", fault.Clip(raw, 40), n, k.layout.codes).
		Do("Check that the columns are separated as in the heading, or download the file again")
}
