package content

import (
	"golang.org/x/text/language"

	"peerscape/internal/fault"
)

// Lang is a language as BCP 47 writes it, in its canonical form: "fi", "pt-BR".
// Make one with ParseLang.
type Lang string

// longestTag is more than any tag that a person chooses from a list.
const longestTag = 35

// ParseLang reads the code of a language, whatever its letters' case. It
// refuses what names no single language (und, mul), and extensions and private
// parts, which say how to show a text and not which language it is in.
func ParseLang(s string) (Lang, error) {
	refused := func(why error) (Lang, error) {
		return "", fault.New(fault.Invalid, "content.language", "%q is not the code of a language", fault.Clip(s, longestTag)).
			With("code", fault.Clip(s, longestTag)).Do("Write a code such as en, fi or pt-BR").Because(why)
	}
	if len(s) > longestTag {
		return refused(nil)
	}
	tag, err := language.Parse(s)
	if err != nil {
		return refused(err)
	}
	base, sure := tag.Base()
	switch {
	case tag.IsRoot(), sure != language.Exact, base.String() == "mul", base.String() == "zxx", base.String() == "mis":
		return refused(nil)
	case len(tag.Extensions()) > 0:
		return refused(nil)
	}
	// The library leaves variants in an order of its own that it does not always
	// find again: such a code would name two languages.
	if again, err := language.Parse(tag.String()); err != nil || again.String() != tag.String() {
		return refused(err)
	}
	return Lang(tag.String()), nil
}

// ancestors returns l and the more general codes that its readers understand:
// "de-AT", "de". Serbian in Latin letters does not lead to Serbian.
func (l Lang) ancestors() []Lang {
	all := []Lang{l}
	tag, err := language.Parse(string(l))
	if err != nil {
		return all
	}
	for tag = tag.Parent(); !tag.IsRoot(); tag = tag.Parent() {
		all = append(all, Lang(tag.String()))
	}
	return all
}

// kin returns the language and the letters it is written in, by which de-AT is
// as good as de-CH where there is no plain de, and zh-TW is not zh-CN.
func (l Lang) kin() string {
	tag, err := language.Parse(string(l))
	if err != nil {
		return string(l)
	}
	base, _ := tag.Base()
	script, _ := tag.Script()
	return base.String() + "-" + script.String()
}
