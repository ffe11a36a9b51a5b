package ui

import (
	"context"
	"io"

	"github.com/a-h/templ"
)

// boxes draws the boxes of a filter. It is written by hand because a list shows
// a hundred of them: as components they were a fifth of the work of the page.
func boxes(p Page, g FilterGroup) templ.Component {
	kind := "checkbox"
	if g.Kind == Radios {
		kind = "radio"
	}
	box := `><input type="` + kind + `" name="` + templ.EscapeString(g.Name) + `" value="`
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		b := make([]byte, 0, 192*len(g.Choices))
		for _, c := range g.Choices {
			b = append(b, "<label"...)
			if class := joined(depthClass(c.Depth), c.emptyClass()); class != "" {
				b = append(b, ` class="`+class+`"`...)
			}
			b = append(append(b, box...), templ.EscapeString(c.Value)...)
			if b = append(b, '"'); c.Selected {
				b = append(b, " checked"...)
			}
			if b = append(b, "><span"...); c.Lang != "" && c.Lang != p.Lang {
				b = append(b, ` lang="`+string(c.Lang)+`"`...)
			}
			b = append(append(append(b, '>'), templ.EscapeString(c.Label)...), "</span>"...)
			if c.HasCount {
				b = append(append(append(b, `<span class="n">`...), p.Int(c.Count)...), "</span>"...)
			}
			b = append(b, "</label>"...)
		}
		_, err := w.Write(b)
		return err
	})
}

// class is the attribute with those of the names that are there. It costs less
// than the class of templ, which goes through a table of all classes on the page.
func class(names ...string) templ.Attributer {
	all := joined(names...)
	if all == "" {
		return templ.OrderedAttributes(nil)
	}
	return templ.OrderedAttributes{{Key: "class", Value: all}}
}

func joined(names ...string) (all string) {
	for _, n := range names {
		switch {
		case all == "":
			all = n
		case n != "":
			all += " " + n
		}
	}
	return all
}
