package stats

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/bits"

	"peerscape/internal/fault"
)

// Unpack fills the periods, values and flags of s from what AppendPacked
// wrote, reusing their memory; key and region stay as they are. Damaged bytes
// are a *fault.Error of kind Internal and leave s empty; memory stays in
// proportion to src.
func Unpack(src []byte, s *Series) error {
	s.Periods, s.Values, s.Flags = s.Periods[:0], s.Values[:0], s.Flags[:0]
	u := unpacker{src: src}
	head := u.byte()
	if head&layoutBits != 0 {
		return fault.New(fault.Internal, "stats.packed", "the packed series has layout %d, which this version cannot read", head>>6).
			Do("Use the version of the program that wrote it, or a newer one")
	}
	u.periods(head&periodBits, s)
	u.values(head, s)
	u.flags(head, s)
	if u.broken || len(u.src) > 0 {
		s.Periods, s.Values, s.Flags = s.Periods[:0], s.Values[:0], s.Flags[:0]
		return fault.New(fault.Internal, "stats.packed", "the packed series is damaged").
			Do("Import the dataset again")
	}
	return nil
}

// unpacker takes bytes off src. Once broken it gives zeros.
type unpacker struct {
	src    []byte
	broken bool
}

func (u *unpacker) breakOff() { u.src, u.broken = nil, true }

func (u *unpacker) byte() byte {
	if len(u.src) == 0 {
		u.breakOff()
		return 0
	}
	b := u.src[0]
	u.src = u.src[1:]
	return b
}

func (u *unpacker) uvarint() uint64 {
	if len(u.src) > 0 && u.src[0] < 0x80 {
		x := uint64(u.src[0])
		u.src = u.src[1:]
		return x
	}
	x, n := binary.Uvarint(u.src)
	if n <= 0 {
		u.breakOff()
		return 0
	}
	u.src = u.src[n:]
	return x
}

// atMost reads a number that may not be greater than most.
func (u *unpacker) atMost(most int) int {
	x := u.uvarint()
	if x > uint64(most) {
		u.breakOff()
		return 0
	}
	return int(x)
}

// take returns the next n bytes; ok is false if there are fewer.
func (u *unpacker) take(n int) (b []byte, ok bool) {
	if n > len(u.src) || u.broken {
		u.breakOff()
		return nil, false
	}
	b = u.src[:n]
	u.src = u.src[n:]
	return b, true
}

// periods reads the periods and gives values and flags their length.
func (u *unpacker) periods(form byte, s *Series) {
	switch form {
	case years, yearGaps:
		u.years(form, s)
	case stepByOne:
		u.steps(s)
	default:
		u.list(s)
	}
	if u.broken {
		s.Periods = s.Periods[:0]
	}
	s.Values = grown(s.Values, len(s.Periods))
	s.Flags = grown(s.Flags, len(s.Periods))
	clear(s.Flags)
}

func (u *unpacker) years(form byte, s *Series) {
	start := unzigzag(u.uvarint())
	span := u.atMost(9999)
	if span == 0 && form == years && start == 0 {
		return // the empty series
	}
	first := baseYear + start
	if start < -baseYear || start > 9999 || span == 0 || first < 1 || first+int64(span)-1 > 9999 {
		u.breakOff()
		return
	}
	if form == years {
		s.Periods = grown(s.Periods, span)
		for i := range s.Periods {
			s.Periods[i] = Year(int(first) + i)
		}
		return
	}
	there, ok := u.take((span + 7) / 8)
	if !ok || !bit(there, 0) || !bit(there, span-1) || there[len(there)-1]>>(uint(span-1)%8) > 1 {
		u.breakOff()
		return
	}
	for i := range span {
		if bit(there, i) {
			s.Periods = append(s.Periods, Year(int(first)+i))
		}
	}
}

func (u *unpacker) steps(s *Series) {
	first := Period(u.atMost(math.MaxInt32))
	n := u.atMost(mostSteps)
	if n == 0 || !first.valid() {
		u.breakOff()
		return
	}
	s.Periods = grown(s.Periods, n)
	for i := range s.Periods {
		s.Periods[i] = first
		first = first.Next()
	}
	if !s.Periods[n-1].valid() {
		u.breakOff()
	}
}

func (u *unpacker) list(s *Series) {
	n := u.atMost(len(u.src)) // each period is a byte at least
	if n == 0 {
		u.breakOff()
	}
	p := 0
	for range n {
		step := u.atMost(math.MaxInt32 - p)
		p += step
		if step == 0 || !Period(p).valid() {
			u.breakOff()
			return
		}
		s.Periods = append(s.Periods, Period(p))
	}
}

func (u *unpacker) values(head byte, s *Series) {
	n := len(s.Values)
	var missing []byte
	if head&hasMissing != 0 {
		missing = u.missing(n)
		for _, b := range missing {
			n -= bits.OnesCount8(b)
		}
	}
	if n > 0 {
		switch head & valueBits {
		case decimals:
			u.decimals(s.Values[:n])
		case binaries:
			u.binaries(s.Values[:n])
		default:
			u.breakOff()
		}
	} else if head&valueBits != 0 {
		u.breakOff()
	}
	if missing != nil && !u.broken {
		spread(s.Values, n, missing)
	}
}

// missing reads the bits of the values that are not there: one at least, and
// none behind the last of n.
func (u *unpacker) missing(n int) []byte {
	b, ok := u.take((n + 7) / 8)
	if !ok || len(bytes.Trim(b, "\x00")) == 0 || n%8 != 0 && b[len(b)-1]>>(n%8) != 0 {
		u.breakOff()
		return nil
	}
	return b
}

// spread moves the first n values to the places that are not missing, from the
// last one down, and puts NaN in the others.
func spread(values []float64, n int, missing []byte) {
	for i := len(values) - 1; i >= 0; i-- {
		if bit(missing, i) {
			values[i] = math.NaN()
		} else {
			n--
			values[i] = values[n]
		}
	}
}

func (u *unpacker) binaries(values []float64) {
	b, ok := u.take(8 * len(values))
	if !ok {
		return
	}
	for i := range values {
		values[i] = math.Float64frombits(binary.LittleEndian.Uint64(b[8*i:]))
		if math.IsNaN(values[i]) {
			u.breakOff()
			return
		}
	}
}

func (u *unpacker) decimals(values []float64) {
	b := u.byte()
	width, scale := int(b&0x3f), int64(b>>6)
	if scale == wide {
		scale = unzigzag(uint64(u.byte()))
		if scale >= 0 && scale < wide {
			u.breakOff()
		}
	}
	first := unzigzag(u.uvarint())
	if width > mostBits || scale < -mostScale || scale > mostScale {
		u.breakOff()
	}
	if u.broken {
		return
	}
	packed, ok := u.take(((len(values)-1)*width + 7) / 8)
	if !ok {
		return
	}
	if scale < 0 {
		whole(packed, first, width, values, powers[-scale], 1)
	} else {
		whole(packed, first, width, values, 1, powers[scale])
	}
}

// whole rebuilds the values from the first whole number and the differences.
func whole(packed []byte, first int64, width int, values []float64, times, by float64) {
	mask := uint64(1)<<width - 1
	at := 0
	for i := range values {
		values[i] = float64(first) * times / by
		first += unzigzag(load(packed, at) & mask)
		at += width
	}
}

// load returns at least mostBits bits of b from bit i on; zeros behind its end.
func load(b []byte, i int) uint64 {
	from := i >> 3
	if from+8 <= len(b) {
		return binary.LittleEndian.Uint64(b[from:]) >> (i & 7)
	}
	var x uint64
	for j := len(b) - 1; j >= from; j-- {
		x = x<<8 | uint64(b[j])
	}
	return x >> (i & 7)
}

func (u *unpacker) flags(head byte, s *Series) {
	if head&hasFlags == 0 {
		return
	}
	runs := u.atMost(len(s.Flags))
	if runs == 0 {
		u.breakOff()
		return
	}
	at := 0
	for range runs {
		at += u.atMost(len(s.Flags) - at)
		more := u.atMost(len(s.Flags) - at)
		f := Flags(u.atMost(math.MaxUint32))
		if u.broken || f == 0 || at+more >= len(s.Flags) {
			u.breakOff()
			return
		}
		for range more + 1 {
			s.Flags[at] = f
			at++
		}
	}
}

func bit(b []byte, i int) bool { return b[i>>3]>>(i&7)&1 != 0 }

// grown returns a slice of length n, on the memory of s where it is enough.
func grown[E any](s []E, n int) []E {
	if cap(s) < n {
		return make([]E, n)
	}
	return s[:n]
}
