package stats

import (
	"encoding/binary"
	"math"
	"math/bits"
)

// The packed form of a series is described byte by byte in
// docs/packed-series.md. Its first byte is the head: two bits for the layout's
// number, so that it can grow, and what follows.
const (
	layoutBits = 0xc0 // layout number; 0 is the only one
	hasFlags   = 0x20
	hasMissing = 0x10
	periodBits = 0x0c
	valueBits  = 0x03
)

// How periods are written.
const (
	years     = 0 << 2 // first year, count
	yearGaps  = 1 << 2 // first year, span, a bit a year
	anyList   = 2 << 2 // count, first, distances
	stepByOne = 3 << 2 // first, count, each Period.Next of the one before
)

// How values are written.
const (
	decimals = 0 // whole numbers over a power of ten, differences bit by bit
	binaries = 1 // float64, little end first
)

const (
	baseYear  = 2000
	mostSteps = 1 << 16 // observations of a form that costs no byte each
	mostBits  = 55      // of a difference of two whole numbers below 2^53
	mostScale = 22      // the greatest power of ten that a float64 holds exactly
	wide      = 3       // in the scale's two bits: the scale stands in a byte of its own
	wholes    = 1 << 53
)

var powers = [mostScale + 1]float64{
	1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
	1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
}

// AppendPacked appends the periods, values and flags of s to dst; key and
// region are not written. Every value comes back bit by bit, except that all
// NaN are one. The periods must be valid, ascending and distinct, as Series
// promises; it panics if they are not, because they could not be read again.
func (s *Series) AppendPacked(dst []byte) []byte {
	for i, p := range s.Periods {
		if !p.valid() || i > 0 && p <= s.Periods[i-1] {
			panic("stats: packing a series whose periods do not ascend")
		}
	}
	at := len(dst)
	dst = append(dst, 0)
	var head byte
	dst, head = appendPeriods(dst, s.Periods)
	missing := 0
	for _, v := range s.Values {
		if math.IsNaN(v) {
			missing++
		}
	}
	if missing > 0 {
		head |= hasMissing
		dst = appendBitmap(dst, len(s.Values), func(i int) bool { return math.IsNaN(s.Values[i]) })
	}
	if missing < len(s.Values) {
		var coding byte
		dst, coding = appendValues(dst, s.Values, len(s.Values)-missing)
		head |= coding
	}
	if runs := countRuns(s.Flags); runs > 0 {
		head |= hasFlags
		dst = appendFlags(dst, s.Flags, runs)
	}
	dst[at] = head
	return dst
}

// valid reports whether p is a period that ParsePeriod can give.
func (p Period) valid() bool {
	i := int(p&7) - 1
	if i < 0 || i >= len(frequencies) || p.Year() < 1 || p.Year() > 9999 {
		return false
	}
	if i == 0 {
		return p.Sub() == 0
	}
	return p.Sub() >= 1 && p.Sub() <= frequencies[i].most
}

func appendPeriods(dst []byte, p []Period) ([]byte, byte) {
	if len(p) == 0 {
		return append(dst, 0, 0), years
	}
	annual, steps := true, true
	for i := range p {
		annual = annual && p[i].Frequency() == Annual
		steps = steps && (i == 0 || p[i] == p[i-1].Next())
	}
	span := p[len(p)-1].Year() - p[0].Year() + 1
	start := zigzag(int64(p[0].Year() - baseYear))
	switch {
	case annual && steps:
		dst = binary.AppendUvarint(dst, start)
		return binary.AppendUvarint(dst, uint64(len(p))), years
	case annual && span <= 8*len(p):
		dst = binary.AppendUvarint(dst, start)
		dst = binary.AppendUvarint(dst, uint64(span))
		next := 0
		return appendBitmap(dst, span, func(i int) bool {
			there := p[next] == Year(p[0].Year()+i)
			if there {
				next++
			}
			return there
		}), yearGaps
	case steps && len(p) <= mostSteps:
		dst = binary.AppendUvarint(dst, uint64(p[0]))
		return binary.AppendUvarint(dst, uint64(len(p))), stepByOne
	}
	dst = binary.AppendUvarint(dst, uint64(len(p)))
	before := Period(0)
	for _, q := range p {
		dst = binary.AppendUvarint(dst, uint64(q-before))
		before = q
	}
	return dst, anyList
}

// appendBitmap appends n bits, the first in the lowest bit of the first byte.
// It asks for each bit once, in order.
func appendBitmap(dst []byte, n int, bit func(int) bool) []byte {
	for i := 0; i < n; i += 8 {
		var b byte
		for j := i; j < min(i+8, n); j++ {
			if bit(j) {
				b |= 1 << (j - i)
			}
		}
		dst = append(dst, b)
	}
	return dst
}

// appendValues appends the values that are not NaN; there are count of them,
// at least one.
func appendValues(dst []byte, values []float64, count int) ([]byte, byte) {
	scale, ok := scaleOf(values, count)
	if !ok {
		for _, v := range values {
			if !math.IsNaN(v) {
				dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(v))
			}
		}
		return dst, binaries
	}
	var first, before int64
	var all uint64
	seen := false
	for _, v := range values {
		if math.IsNaN(v) {
			continue
		}
		whole := wholeOf(v, scale)
		if seen {
			all |= zigzag(whole - before)
		} else {
			first, seen = whole, true
		}
		before = whole
	}
	width := bits.Len64(all)
	if scale >= 0 && scale < wide {
		dst = append(dst, byte(scale<<6|width))
	} else {
		dst = append(dst, byte(wide<<6|width), byte(zigzag(int64(scale))))
	}
	dst = binary.AppendUvarint(dst, zigzag(first))
	if width == 0 {
		return dst, decimals
	}
	return appendDifferences(dst, values, scale, width), decimals
}

// appendDifferences appends the differences between neighbours, width bits
// each, the first in the lowest bits.
func appendDifferences(dst []byte, values []float64, scale, width int) []byte {
	var before int64
	var held uint64 // fewer than 8 bits between two values
	var filled int
	seen := false
	for _, v := range values {
		if math.IsNaN(v) {
			continue
		}
		whole := wholeOf(v, scale)
		if seen {
			held |= zigzag(whole-before) << filled
			for filled += width; filled >= 8; filled -= 8 {
				dst = append(dst, byte(held))
				held >>= 8
			}
		}
		before, seen = whole, true
	}
	if filled > 0 {
		dst = append(dst, byte(held))
	}
	return dst
}

// scaleOf returns the scale at which every value is a whole number below 2^53,
// bit by bit: value = whole / 10^scale. A negative scale takes off noughts
// that all values end in. ok is false where there is none.
func scaleOf(values []float64, count int) (scale int, ok bool) {
	for _, v := range values {
		for !math.IsNaN(v) && !fits(v, scale) {
			if scale++; scale > mostScale {
				return 0, false
			}
		}
	}
	for _, v := range values { // a greater scale may push an earlier value out
		if !math.IsNaN(v) && !fits(v, scale) {
			return 0, false
		}
	}
	if scale > 0 || count < 3 {
		return scale, true
	}
	for scale > -mostScale && endInNought(values, scale) {
		scale--
	}
	return scale, true
}

func fits(v float64, scale int) bool {
	whole := math.Round(v * powers[scale])
	return math.Abs(whole) < wholes &&
		math.Float64bits(scaled(int64(whole), scale)) == math.Float64bits(v)
}

// endInNought reports whether all values, not all of them zero, can be divided
// by one more power of ten than scale says.
func endInNought(values []float64, scale int) bool {
	some := false
	for _, v := range values {
		if math.IsNaN(v) {
			continue
		}
		whole := wholeOf(v, scale)
		if whole%10 != 0 {
			return false
		}
		some = some || whole != 0
	}
	return some
}

func wholeOf(v float64, scale int) int64 {
	if scale < 0 {
		return int64(v / powers[-scale])
	}
	return int64(math.Round(v * powers[scale]))
}

func scaled(whole int64, scale int) float64 {
	if scale < 0 {
		return float64(whole) * powers[-scale]
	}
	return float64(whole) / powers[scale]
}

// countRuns returns the number of runs of equal flags that say something.
func countRuns(flags []Flags) (n int) {
	before := Flags(0)
	for _, f := range flags {
		if f != 0 && f != before {
			n++
		}
		before = f
	}
	return n
}

func appendFlags(dst []byte, flags []Flags, runs int) []byte {
	dst = binary.AppendUvarint(dst, uint64(runs))
	end := 0 // of the run before
	for i := 0; i < len(flags); {
		j := i + 1
		for j < len(flags) && flags[j] == flags[i] {
			j++
		}
		if flags[i] != 0 {
			dst = binary.AppendUvarint(dst, uint64(i-end))
			dst = binary.AppendUvarint(dst, uint64(j-i-1))
			dst = binary.AppendUvarint(dst, uint64(flags[i]))
			end = j
		}
		i = j
	}
	return dst
}

func zigzag(x int64) uint64 { return uint64(x<<1) ^ uint64(x>>63) }

func unzigzag(x uint64) int64 { return int64(x>>1) ^ -int64(x&1) }
