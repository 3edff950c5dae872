package media

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// pdfConfig bounds what reading may take. It is made here in full: the library's
// own default writes a file into the home folder.
func pdfConfig() *model.Configuration {
	limits := model.DefaultResourceLimits()
	limits.MaxStreamBytes = 64 * mb
	limits.MaxDecodeBytes = 128 * mb
	limits.MaxObjectCount = 1_000_000
	limits.MaxXRefEntries = 1_000_000
	limits.MaxObjectStreamCount = 100_000
	return &model.Configuration{
		Reader15: true, ValidationMode: model.ValidationRelaxed, Eol: types.EolLF, Offline: true, Limits: limits,
		EncryptUsingAES: true, EncryptKeyLength: 256,
	}
}

// pdf reads a document into memory, takes out what may not pass and writes what
// its catalogue reaches: earlier states and what was left over do not pass.
func (j *job) pdf() error {
	if err := j.source.rewind(); err != nil {
		return err
	}
	ctx, err := readPDF(j.ctx, j.source)
	switch {
	case j.ctx.Err() != nil:
		return j.ctx.Err()
	case errors.Is(err, pdfcpu.ErrWrongPassword) || errors.Is(err, pdfcpu.ErrEncrypted) || err == nil && ctx.Encrypt != nil:
		return refused("locked")
	case err != nil:
		return damaged(err)
	}
	return recovered(func() error { return j.rewritten(ctx) })
}

func readPDF(c context.Context, r io.ReadSeeker) (ctx *model.Context, err error) {
	err = recovered(func() (err error) {
		ctx, err = pdfcpu.ReadWithContext(c, r, pdfConfig())
		return err
	})
	return ctx, err
}

func (j *job) rewritten(ctx *model.Context) error {
	c := cleaner{ctx: ctx, found: map[Trace]bool{}}
	if err := c.clean(); err != nil {
		return damaged(err)
	}
	copied := Copy{Role: Full, MIME: j.rule.MIME}
	if c.signed {
		if c.found[Script] || c.found[Attachment] {
			return refuse("signed", "the PDF is signed and has programs or files inside").Do("Print it to PDF, without them, and upload that")
		}
		j.result.note("signed", nil, "The PDF is signed. It is kept as it is, with its metadata: removing that would break the signature")
		if err := j.source.rewind(); err != nil {
			return err
		}
		return j.give(copied, func(w io.Writer) error {
			_, err := io.Copy(w, j.source)
			return err
		})
	}
	j.result.Removed = noted{traces: c.found}.sorted()
	if c.found[Attachment] {
		j.result.note("attachments", nil, "Files inside the PDF were removed; upload them one by one")
	}
	if c.found[Script] {
		j.result.note("scripts", nil, "Scripts and actions that start programs were removed from the PDF")
	}
	var b bytes.Buffer
	if err := writePDF(&b, ctx, c.reached); err != nil {
		return err
	}
	if err := readsBack(j.ctx, b.Bytes()); err != nil {
		return err
	}
	return j.give(copied, func(w io.Writer) error {
		_, err := w.Write(b.Bytes())
		return err
	})
}

// readsBack makes sure that our copy of a damaged or hostile file is sound and
// that nothing is left in it to take out.
func readsBack(ctx context.Context, b []byte) error {
	again, err := readPDF(ctx, bytes.NewReader(b))
	if err != nil {
		return damaged(err)
	}
	c := cleaner{ctx: again, found: map[Trace]bool{}}
	if err := c.clean(); err != nil {
		return damaged(err)
	}
	if len(c.found) > 0 {
		return damaged(fmt.Errorf("left in the copy: %v", c.found))
	}
	return nil
}

// cleaner walks everything that the catalogue of a PDF reaches (ISO 32000-1, 7.7)
// and takes out what may not pass.
type cleaner struct {
	ctx     *model.Context
	found   map[Trace]bool
	signed  bool
	seen    map[int]bool
	reached []types.IndirectRef // what is written, in the order met
}

// pdfKeys go wherever they stand: metadata, what programs kept for themselves,
// scripts, attached files.
var pdfKeys = map[string]Trace{
	"Metadata": Description, "PieceInfo": Program, "LastModified": Moment, "SpiderInfo": Program,
	"JavaScript": Script, "XFA": Script, "EmbeddedFiles": Attachment, "Collection": Attachment,
}

// pdfActions are the actions that run something, tell somebody something, or open another file
// (12.6.4); going to a page or to a web address stays.
var pdfActions = map[string]bool{
	"JavaScript": true, "Launch": true, "ImportData": true, "SubmitForm": true, "Rendition": true, "Movie": true, "Sound": true, "GoToE": true, "RichMediaExecute": true, "GoTo3DView": true,
}

func (c *cleaner) clean() error {
	c.seen = map[int]bool{}
	root := c.ctx.Root
	if root == nil {
		return errors.New("no catalogue")
	}
	catalogue, err := c.ctx.DereferenceDict(*root)
	if err != nil {
		return fmt.Errorf("catalogue: %w", err)
	}
	if pages, err := c.ctx.DereferenceDict(catalogue["Pages"]); err != nil || pages["Kids"] == nil {
		return errors.Join(errors.New("no pages"), err)
	}
	if info := c.ctx.Info; info != nil {
		d, err := c.ctx.DereferenceDict(*info)
		if err != nil {
			return err
		}
		for key := range d {
			c.found[infoTrace(key)] = true
		}
	}
	return c.walk(*root)
}

func infoTrace(key string) Trace {
	switch key {
	case "Author":
		return Person
	case "Title", "Subject", "Keywords":
		return Description
	case "Creator", "Producer":
		return Program
	case "CreationDate", "ModDate":
		return Moment
	}
	return Other
}

// walk visits an object and all that it reaches, without recursion over
// references: a hostile file may chain a million of them.
func (c *cleaner) walk(root types.IndirectRef) error {
	queue := []types.IndirectRef{root}
	for len(queue) > 0 {
		ref := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		number := ref.ObjectNumber.Value()
		if c.seen[number] {
			continue
		}
		c.seen[number] = true
		object, err := c.ctx.Dereference(ref)
		if err != nil {
			return err
		}
		if object == nil {
			continue // a reference to nothing is null (7.3.10)
		}
		c.reached = append(c.reached, ref)
		switch o := object.(type) {
		case types.StreamDict:
			if err := c.stream(number, &o); err != nil {
				return err
			}
			object = o.Dict
		case types.Dict, types.Array, types.Name, types.Integer, types.Float, types.Boolean, types.StringLiteral, types.HexLiteral:
		default: // such as one of the streams in which objects are packed
			return fmt.Errorf("object %d is a %T", number, object)
		}
		if queue, err = c.visit(object, queue, 0); err != nil {
			return err
		}
	}
	return nil
}

const maxNesting = 100

func (c *cleaner) visit(object types.Object, queue []types.IndirectRef, depth int) ([]types.IndirectRef, error) {
	if depth > maxNesting {
		return nil, errors.New("nested too deep")
	}
	var err error
	switch o := object.(type) {
	case types.IndirectRef:
		queue = append(queue, o)
	case types.Array:
		for _, v := range o {
			if queue, err = c.visit(v, queue, depth+1); err != nil {
				return nil, err
			}
		}
	case types.Dict:
		if err := c.dict(o); err != nil {
			return nil, err
		}
		for _, key := range sortedKeys(o) {
			if queue, err = c.visit(o[key], queue, depth+1); err != nil {
				return nil, err
			}
		}
	case types.StreamDict, types.ObjectStreamDict, types.XRefStreamDict:
		return nil, errors.New("a stream inside another object")
	}
	return queue, nil
}

// dict takes out of one dictionary what may not pass.
func (c *cleaner) dict(d types.Dict) error {
	if kind := d.NameEntry("Type"); kind != nil && (*kind == "Sig" || *kind == "DocTimeStamp") {
		c.signed = c.signed || d["Contents"] != nil
	}
	if kind := d.NameEntry("FT"); kind != nil && *kind == "Sig" && d["V"] != nil {
		c.signed = true
	}
	for key, trace := range pdfKeys {
		if _, ok := d[key]; ok {
			delete(d, key)
			c.found[trace] = true
		}
	}
	for key, sort := range map[string]struct {
		is    func(types.Object) bool
		trace Trace
	}{"AA": {c.triggers, Script}, "EF": {c.files, Attachment}} { // short names, which a font may have too
		if v, ok := d[key]; ok && sort.is(v) {
			delete(d, key)
			c.found[sort.trace] = true
		}
	}
	for _, key := range []string{"A", "PA", "OpenAction", "Next"} {
		runs, err := c.runs(d[key])
		if err != nil {
			return err
		}
		if runs {
			delete(d, key)
			c.found[Script] = true
		}
	}
	return nil
}

// triggers reports whether a value is a table of actions by occasion (12.6.3).
func (c *cleaner) triggers(value types.Object) bool {
	return c.every(value, func(o types.Object) bool {
		d, ok := o.(types.Dict)
		return ok && d.NameEntry("S") != nil
	})
}

// files reports whether a value is a table of embedded files (7.11.4).
func (c *cleaner) files(value types.Object) bool {
	return c.every(value, func(o types.Object) bool {
		_, ok := o.(types.StreamDict)
		return ok
	})
}

func (c *cleaner) every(value types.Object, is func(types.Object) bool) bool {
	object, err := c.ctx.Dereference(value)
	d, ok := object.(types.Dict)
	if err != nil || !ok {
		return false
	}
	for _, v := range d {
		if o, err := c.ctx.Dereference(v); err != nil || o != nil && !is(o) {
			return false
		}
	}
	return true
}

// runs reports whether a value is an action that may not pass, or has one in its
// list.
func (c *cleaner) runs(value types.Object) (bool, error) {
	object, err := c.ctx.Dereference(value)
	if err != nil {
		return false, err
	}
	switch o := object.(type) {
	case types.Dict:
		kind := o.NameEntry("S")
		return kind != nil && pdfActions[*kind] || o["JS"] != nil, nil
	case types.Array:
		for _, v := range o {
			inner, err := c.ctx.Dereference(v)
			if err != nil {
				return false, err
			}
			if d, ok := inner.(types.Dict); ok {
				if kind := d.NameEntry("S"); kind != nil && pdfActions[*kind] || d["JS"] != nil {
					return true, nil
				}
			}
		}
	}
	return false, nil
}

// stream takes out of a photo what its camera noted, and gives the object its
// true length.
func (c *cleaner) stream(number int, s *types.StreamDict) error {
	if name := s.NameEntry("Filter"); name != nil && *name == "DCTDecode" {
		b, traces, err := photo(JPEG, "\xff\xd8\xff", s.Raw)
		if err != nil {
			return err
		}
		s.Raw = b
		for _, t := range traces {
			c.found[t] = true
		}
	}
	s.Dict["Length"] = types.Integer(len(s.Raw))
	entry, ok := c.ctx.FindTableEntryLight(number)
	if !ok {
		return errors.New("a stream without an entry")
	}
	entry.Object = *s
	return nil
}
