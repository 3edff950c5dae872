package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"peerscape/data"
	"peerscape/internal/face/locale"
	"peerscape/internal/fault"
)

// messagesCommand hands the texts of the interface to translators and takes them
// back.
type messagesCommand struct {
	Export messagesExport `cmd:"" help:"Print a table of all texts for a translator: key, plural form, gaps, English, and what is translated already."`
	Import messagesImport `cmd:"" help:"Check a translator's table and write it as a catalogue file, for serve --messages."`
}

type messagesExport struct {
	Language string `arg:"" help:"Code of the language, such as sv."`
	Messages string `type:"existingdir" placeholder:"DIR" env:"PEERSCAPE_MESSAGES" help:"Folder of further catalogue files (${env})."`
}

func (c *messagesExport) Run(s *session) error {
	return locale.Export(s.Out, c.Language, catalogues(c.Messages)...)
}

// catalogues are the bundled messages and those of a folder.
func catalogues(dir string) []fs.FS {
	folders := []fs.FS{data.Messages()}
	if dir != "" {
		folders = append(folders, os.DirFS(dir))
	}
	return folders
}

type messagesImport struct {
	Table string `arg:"" help:"The table, CSV with comma or semicolon."`
	To    string `required:"" type:"existingdir" placeholder:"DIR" help:"Folder for the catalogue file, named by its language."`
}

func (c *messagesImport) Run(s *session) (err error) {
	f, err := os.Open(c.Table)
	if err != nil {
		return fault.New(fault.Missing, "cli.no-file", "there is no file %s", c.Table).Do("Check its name").Because(err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	in, err := locale.Import(f, filepath.Base(c.Table), data.Messages())
	if err != nil {
		return err
	}
	path := filepath.Join(c.To, in.Lang+".toml")
	if err := writeWhole(path, in.TOML); err != nil {
		return err
	}
	t := &table{
		title:   fmt.Sprintf("%s: %d texts translated, %d shown in English", path, in.Done, len(in.Missing)),
		columns: []column{{name: "Not translated"}},
		value: struct {
			File    string   `json:"file"`
			Done    int      `json:"done"`
			Missing []string `json:"missing"`
		}{path, in.Done, in.Missing},
	}
	for _, key := range in.Missing {
		t.add(key)
	}
	return s.print(t)
}
