// Package data holds what is not code: the tables of regions and other facts
// that travel inside the binary. It parses nothing; each subject reads its own
// folder. Start with the function named after the folder you need.
package data

import (
	"embed"
	"io/fs"
)

//go:embed nuts messages outline catalogue frameworks snapshot demo themes passwords
var files embed.FS

// Nuts returns the folder of NUTS tables, for nuts.Open.
func Nuts() fs.FS { return folder("nuts") }

// Messages returns the folder of interface texts, for locale.Open.
func Messages() fs.FS { return folder("messages") }

// Outline returns the folder of country outlines, for chart.ReadOutline.
func Outline() fs.FS { return folder("outline") }

// Catalogue returns the folder of indicators, for catalogue.Open.
func Catalogue() fs.FS { return folder("catalogue") }

// Frameworks returns the folder of frameworks, for catalogue.Frameworks.
func Frameworks() fs.FS { return folder("frameworks") }

// Themes returns the folder of needs and themes, for partnership.ReadThemes.
func Themes() fs.FS { return folder("themes") }

// Demo returns the folder of demonstration partnerships, for Register.LoadDemo.
func Demo() fs.FS { return folder("demo") }

// Snapshot returns the bundled figures, for Catalogue.LoadSnapshot.
func Snapshot() []byte {
	b, err := files.ReadFile("snapshot/peerscape.snapshot")
	if err != nil {
		panic("data: " + err.Error())
	}
	return b
}

// Passwords returns the list of common passwords, for signin.
func Passwords() fs.FS { return folder("passwords") }

// folder returns one embedded folder. The name is a constant of this file and
// the folder is embedded, so Sub cannot fail on it.
func folder(name string) fs.FS {
	sub, err := fs.Sub(files, name)
	if err != nil {
		panic("data: " + err.Error())
	}
	return sub
}
