package cli

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"peerscape/data"
	"peerscape/internal/exchange/catalogue"
	"peerscape/internal/fault"
)

// snapshotCommand builds or loads the bundled file of figures.
type snapshotCommand struct {
	Build snapshotBuild `cmd:"" help:"Build a snapshot from a folder of downloaded files."`
	Load  snapshotLoad  `cmd:"" help:"Load a snapshot file into the database."`
	Info  snapshotInfo  `cmd:"" help:"Say what the bundled snapshot holds."`
}

type snapshotBuild struct {
	Dir string `arg:"" type:"existingdir" help:"Folder of downloaded files, as data/catalogue/snapshot.toml names them."`
	Out string `short:"o" default:"peerscape.snapshot" help:"File to write (default ${default})."`
}

func (c *snapshotBuild) Run(s *session) error {
	regions, err := openRegions()
	if err != nil {
		return err
	}
	var out bytes.Buffer
	report, err := catalogue.BuildSnapshot(s, data.Catalogue(), regions, os.DirFS(c.Dir), &out)
	if err != nil {
		return err
	}
	if err := writeWhole(c.Out, out.Bytes()); err != nil {
		return err
	}
	t := &table{columns: []column{{name: "Dataset"}, {name: "Series", right: true}, {name: "Values", right: true}, {name: "Series left out", right: true}}}
	for _, d := range report.Datasets {
		t.add(d.Code, strconv.Itoa(d.Series), strconv.Itoa(d.Values), strconv.Itoa(d.Dropped))
	}
	t.notes = []string{
		fmt.Sprintf("%s: %d bytes.", c.Out, report.Bytes),
		fmt.Sprintf("%d indicators have figures: %s.", len(report.Covered), strings.Join(report.Covered, ", ")),
		fmt.Sprintf("%d more are computed from them: %s.", len(report.Computed), strings.Join(report.Computed, ", ")),
		"Left out: rows of the United Kingdom and of codes that are no region; their reuse is restricted.",
	}
	for _, why := range report.Why {
		t.notes = append(t.notes, fmt.Sprintf("%d have none, %s: %s.", len(why.Indicators), why.Text, strings.Join(why.Indicators, ", ")))
	}
	t.value = report
	return s.print(t)
}

// writeWhole writes a file so that a reader sees the old or the new one.
func writeWhole(path string, b []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.part")
	if err != nil {
		return fault.New(fault.Invalid, "cli.write", "%s cannot be written", path).Because(err)
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(b)
	if closed := tmp.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Chmod(tmp.Name(), 0o644)
	}
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		return fault.New(fault.Invalid, "cli.write", "%s cannot be written", path).Because(err)
	}
	return nil
}

type snapshotLoad struct {
	File string `arg:"" type:"existingfile" help:"Snapshot file."`
}

func (c *snapshotLoad) Run(s *session) error {
	a, err := s.open()
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	f, err := os.Open(c.File)
	if err != nil {
		return fault.New(fault.Missing, "cli.no-file", "%s cannot be read", c.File).Because(err)
	}
	defer f.Close()
	return a.Catalogue.LoadSnapshot(s, f)
}

type snapshotInfo struct{}

func (snapshotInfo) Run(s *session) error {
	list, err := catalogue.ListSnapshot(bytes.NewReader(data.Snapshot()))
	if err != nil {
		return err
	}
	t := &table{columns: []column{{name: "Dataset"}, {name: "Series", right: true}, {name: "File"}, {name: "Licence"}}}
	for _, d := range list {
		t.add(d.Dataset, strconv.Itoa(d.Series), d.File, d.Licence)
	}
	t.notes = []string{fmt.Sprintf("%d datasets in %d bytes.", len(list), len(data.Snapshot()))}
	t.value = list
	return s.print(t)
}
