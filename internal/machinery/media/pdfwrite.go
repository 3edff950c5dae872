package media

import (
	"bufio"
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

func sortedKeys(d types.Dict) []string { return slices.Sorted(maps.Keys(d)) }

// writePDF writes the given objects, numbered anew, in the compact form of PDF 1.5
// (ISO 32000-1, 7.5.7 and 7.5.8). The library's own writer is not used because it
// notes itself and the time in each file. The same document gives the same bytes.
func writePDF(out io.Writer, ctx *model.Context, reached []types.IndirectRef) error {
	p := &pdfWriter{w: bufio.NewWriterSize(out, 64<<10), numbers: make(map[int]int, len(reached)), places: make([]place, 1)}
	for i, old := range reached {
		p.numbers[old.ObjectNumber.Value()] = i + 1
		p.places = append(p.places, place{})
	}
	version := ctx.XRefTable.Version()
	p.printf("%%PDF-%s\n%%\xe2\xe3\xcf\xd3\n", max(version, model.V15).String())
	for i, old := range reached {
		object, err := ctx.Dereference(old)
		if err != nil {
			return damaged(err)
		}
		object = p.renumbered(object)
		if s, ok := object.(types.StreamDict); ok {
			p.stream(i+1, s.Dict, s.Raw)
			continue
		}
		p.pack(i+1, object.PDFString())
	}
	p.flush()
	p.end(p.numbers[ctx.Root.ObjectNumber.Value()])
	if p.err != nil {
		return p.err
	}
	return p.w.Flush()
}

// place is where an object stands: at an offset, or as the index-th of a stream.
type place struct {
	kind  byte // 0 nowhere, 1 offset, 2 in a stream
	where int64
	index int
}

type pdfWriter struct {
	w       *bufio.Writer
	at      int64
	err     error
	numbers map[int]int // from the numbers of the source to ours
	places  []place
	sum     [32]byte // of all that was written, for the identifier
	packed  []int    // numbers of the objects in body
	body    bytes.Buffer
	offsets []int
}

func (p *pdfWriter) write(b []byte) {
	if p.err != nil {
		return
	}
	n, err := p.w.Write(b)
	p.at += int64(n)
	p.err = err
	inner := sha256.Sum256(b)
	p.sum = sha256.Sum256(append(p.sum[:], inner[:]...))
}

func (p *pdfWriter) printf(format string, args ...any) { p.write(fmt.Appendf(nil, format, args...)) }

// renumbered returns a copy of an object with our numbers; a reference to what is
// not written becomes null.
func (p *pdfWriter) renumbered(object types.Object) types.Object {
	switch o := object.(type) {
	case types.IndirectRef:
		if n, ok := p.numbers[o.ObjectNumber.Value()]; ok {
			return *types.NewIndirectRef(n, 0)
		}
		return nil
	case types.Array:
		out := make(types.Array, len(o))
		for i, v := range o {
			out[i] = p.renumbered(v)
		}
		return out
	case types.Dict:
		out := make(types.Dict, len(o))
		for k, v := range o {
			out[k] = p.renumbered(v)
		}
		return out
	case types.StreamDict:
		o.Dict = p.renumbered(o.Dict).(types.Dict)
		return o
	}
	return object
}

func (p *pdfWriter) stream(number int, d types.Dict, raw []byte) {
	p.places[number] = place{kind: 1, where: p.at}
	p.printf("%d 0 obj\n%s\nstream\n", number, d.PDFString())
	p.write(raw)
	p.printf("\nendstream\nendobj\n")
}

const packSize = 200

// pack puts an object that is no stream beside others, to be compressed together.
func (p *pdfWriter) pack(number int, text string) {
	p.packed = append(p.packed, number)
	p.offsets = append(p.offsets, p.body.Len())
	p.body.WriteString(text)
	p.body.WriteByte('\n')
	if len(p.packed) == packSize {
		p.flush()
	}
}

func (p *pdfWriter) flush() {
	if len(p.packed) == 0 {
		return
	}
	number := len(p.places)
	p.places = append(p.places, place{})
	var head bytes.Buffer
	for i, n := range p.packed {
		p.places[n] = place{kind: 2, where: int64(number), index: i}
		fmt.Fprintf(&head, "%d %d ", n, p.offsets[i])
	}
	raw := deflated(append(head.Bytes(), p.body.Bytes()...))
	p.stream(number, types.Dict{
		"Type": types.Name("ObjStm"), "N": types.Integer(len(p.packed)), "First": types.Integer(head.Len()),
		"Filter": types.Name("FlateDecode"), "Length": types.Integer(len(raw)),
	}, raw)
	p.packed, p.offsets = nil, nil
	p.body.Reset()
}

func deflated(b []byte) []byte {
	var out bytes.Buffer
	w := zlib.NewWriter(&out)
	_, _ = w.Write(b) // a buffer takes everything
	_ = w.Close()
	return out.Bytes()
}

// end writes the table of places, itself a stream, and the way to it.
func (p *pdfWriter) end(root int) {
	number, at := len(p.places), p.at
	p.places = append(p.places, place{kind: 1, where: at})
	id := types.HexLiteral(fmt.Sprintf("%X", p.sum[:16]))
	table := make([]byte, 0, 11*len(p.places))
	for _, x := range p.places {
		table = append(table, x.kind)
		table = binary.BigEndian.AppendUint64(table, uint64(x.where))
		table = binary.BigEndian.AppendUint16(table, uint16(x.index))
	}
	binary.BigEndian.PutUint16(table[9:], 65535) // the head of the free entries
	raw := deflated(table)
	p.stream(number, types.Dict{
		"Type": types.Name("XRef"), "Size": types.Integer(len(p.places)), "W": types.Array{types.Integer(1), types.Integer(8), types.Integer(2)},
		"Root": *types.NewIndirectRef(root, 0), "ID": types.Array{id, id}, "Filter": types.Name("FlateDecode"), "Length": types.Integer(len(raw)),
	}, raw)
	p.printf("startxref\n%d\n%%%%EOF\n", at)
}
