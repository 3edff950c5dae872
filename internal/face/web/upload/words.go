package upload

import (
	"fmt"

	"github.com/a-h/templ"
)

// polling has the script ask for a part again until its work is done.
func polling(unfinished bool, from, id string) templ.Attributes {
	if !unfinished {
		return nil
	}
	return templ.Attributes{"hx-get": from, "hx-trigger": fmt.Sprintf("every %ds", again), "hx-target": "#" + id, "hx-swap": "outerHTML"}
}

// foreignTo marks a text that is not in the reader's language.
func foreignTo(lang string) templ.Attributes {
	if lang == "" {
		return nil
	}
	return templ.Attributes{"lang": lang}
}
