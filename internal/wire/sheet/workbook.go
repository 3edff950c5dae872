package sheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"

	"peerscape/internal/fault"
)

// Limits of a workbook.
const (
	mostUnpacked = 256 << 20 // bytes of all parts together
	mostParts    = 5000
	mostMerging  = 32 << 20 // bytes of parts; merged cells of larger workbooks are not spread, because finding them takes memory
)

// workbook hands out the rows of one sheet. Merged cells repeat their text, so
// that a heading over several columns stands over each of them.
type workbook struct {
	file   *excelize.File
	rows   *excelize.Rows
	label  string
	number int
	merged map[int][]span // by row
}

// span is a part of a row that a merged cell covers.
type span struct {
	from, to int // columns from 1
	text     string
}

func unreadable(name string, cause error) *fault.Error {
	return fault.New(fault.Invalid, "sheet.workbook", "the workbook cannot be read").In(name, 0).
		Do("Open it in a spreadsheet program and save it again as XLSX").Because(cause)
}

// guard turns a panic of the workbook reader on damaged input into a fault.
func guard(name string, err *error) {
	if p := recover(); p != nil {
		*err = unreadable(name, fmt.Errorf("%v", p))
	}
}

// weigh checks what a workbook holds before it is unpacked.
func weigh(b []byte, name string) (size uint64, err error) {
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return 0, unreadable(name, err)
	}
	book := false
	for _, f := range z.File {
		// each part is checked alone first, so that the sum cannot wrap around
		if f.UncompressedSize64 > mostUnpacked || len(z.File) > mostParts {
			size = mostUnpacked
		}
		if size += f.UncompressedSize64; size > mostUnpacked {
			return 0, fault.New(fault.TooLarge, "sheet.unpacked", "the workbook is larger than %d MiB when unpacked", mostUnpacked>>20).In(name, 0).
				Do("Save the one sheet alone, or as CSV")
		}
		book = book || strings.EqualFold(f.Name, "xl/workbook.xml")
	}
	if !book {
		return 0, fault.New(fault.Invalid, "sheet.not-a-workbook", "the file is a ZIP archive, but no XLSX workbook").In(name, 0).
			Do("Unpack it, or save the table as XLSX or CSV")
	}
	return size, nil
}

// openExcel opens a workbook whose size was checked.
func openExcel(b []byte, name string) (f *excelize.File, size uint64, err error) {
	defer guard(name, &err)
	if size, err = weigh(b, name); err != nil {
		return nil, 0, err
	}
	// equal limits keep excelize from unpacking into temporary files
	f, err = excelize.OpenReader(bytes.NewReader(b), excelize.Options{UnzipSizeLimit: mostUnpacked, UnzipXMLSizeLimit: mostUnpacked, RawCellValue: true})
	if err != nil {
		return nil, 0, unreadable(name, err)
	}
	return f, size, nil
}

func openWorkbook(r io.Reader, name, sheet string) (g grid, err error) {
	defer guard(name, &err)
	b, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	f, size, err := openExcel(b, name)
	if err != nil {
		return nil, err
	}
	sheets := f.GetSheetList()
	if sheet == "" && len(sheets) > 0 {
		sheet = sheets[0]
	}
	if i, err := f.GetSheetIndex(sheet); err != nil || i < 0 {
		return nil, errors.Join(fault.New(fault.Invalid, "sheet.no-sheet", "the workbook has no sheet %q", sheet).In(name, 0).
			Do("It has %s", strings.Join(sheets, ", ")), f.Close())
	}
	w := &workbook{file: f, label: name + ", sheet " + sheet, merged: map[int][]span{}}
	if size <= mostMerging {
		if err := w.merge(sheet); err != nil {
			return nil, errors.Join(err, f.Close())
		}
	}
	if w.rows, err = f.Rows(sheet); err != nil {
		return nil, errors.Join(unreadable(w.label, err), f.Close())
	}
	return w, nil
}

// merge notes the text of merged cells.
func (w *workbook) merge(sheet string) error {
	cells, err := w.file.GetMergeCells(sheet)
	if err != nil {
		return unreadable(w.label, err)
	}
	spread := 0
	for _, c := range cells {
		left, top, err1 := excelize.CellNameToCoordinates(c.GetStartAxis())
		right, bottom, err2 := excelize.CellNameToCoordinates(c.GetEndAxis())
		if err1 != nil || err2 != nil || right > mostColumns {
			continue
		}
		if spread += bottom - top + 1; spread > mostRows {
			return tooLong(w.label, top)
		}
		for row := top; row <= bottom; row++ {
			w.merged[row] = append(w.merged[row], span{left, right, c.GetCellValue()})
		}
	}
	return nil
}

func (w *workbook) name() string { return w.label }

// Close implements io.Closer.
func (w *workbook) Close() error { return errors.Join(w.rows.Close(), w.file.Close()) }

func (w *workbook) row() (cells []string, number int, err error) {
	defer guard(w.label, &err)
	if !w.rows.Next() {
		if err := w.rows.Error(); err != nil {
			return nil, w.number, unreadable(w.label, err)
		}
		return nil, 0, io.EOF
	}
	if w.number++; w.number > mostRows {
		return nil, w.number, tooLong(w.label, w.number)
	}
	if cells, err = w.rows.Columns(); err != nil {
		return nil, w.number, unreadable(w.label, err)
	}
	if len(cells) > mostColumns {
		return nil, w.number, tooWide(w.label, w.number)
	}
	for _, s := range w.merged[w.number] {
		for len(cells) < s.to {
			cells = append(cells, "")
		}
		for column := s.from; column <= s.to; column++ {
			cells[column-1] = s.text
		}
	}
	return cells, w.number, fits(cells, w.label, w.number)
}
