package figures

import (
	"slices"

	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
)

// Group is figures that count the same thing, perhaps by other definitions.
type Group struct {
	Code string
	Name i18n.Text
	// Slack is how many years apart two counts may lie to be set against each other.
	Slack int
}

// Disagreement is what different sources say of one thing, place and time. Of
// place 0 it is about the country.
type Disagreement struct {
	Group   Group
	Places  []ref.ID
	Figures []Cited // the largest first
	// PartExceedsWhole tells that a place has more than what another source gives
	// the country around it.
	PartExceedsWhole bool
}

// Lowest and Highest are the ends of what the sources say.
func (d Disagreement) Lowest() Cited { return d.Figures[len(d.Figures)-1] }

// Highest is the largest of what the sources say.
func (d Disagreement) Highest() Cited { return d.Figures[0] }

// disagreements finds, for each group, the sets of figures of different sources
// that stand for the same places at about the same time and differ; and places
// that have more than the country.
func disagreements(all []Cited, groups []Group) (out []Disagreement) {
	for _, g := range groups {
		var of []Cited
		for _, f := range all {
			if f.Group == g.Code {
				of = append(of, f)
			}
		}
		out = append(out, differing(g, of)...)
		out = append(out, exceeding(g, of)...)
	}
	return out
}

func differing(g Group, of []Cited) (out []Disagreement) {
	for len(of) > 0 {
		first := of[0]
		var same, rest []Cited
		for _, f := range of {
			if slices.Equal(f.Places, first.Places) {
				same = append(same, f)
			} else {
				rest = append(rest, f)
			}
		}
		of = rest
		if set := conflicting(same, g.Slack); len(set) > 1 {
			out = append(out, Disagreement{Group: g, Places: first.Places, Figures: set})
		}
	}
	return out
}

// conflicting keeps the figures that some figure of another source contradicts.
func conflicting(same []Cited, slack int) (out []Cited) {
	for _, a := range same {
		if slices.ContainsFunc(same, func(b Cited) bool {
			return a.SourceID != b.SourceID && a.Value != b.Value && near(a.Figure, b.Figure, slack)
		}) {
			out = append(out, a)
		}
	}
	return byValue(out)
}

func byValue(fs []Cited) []Cited {
	slices.SortStableFunc(fs, func(a, b Cited) int {
		switch {
		case a.Value > b.Value:
			return -1
		case a.Value < b.Value:
			return 1
		}
		return 0
	})
	return fs
}

// near tells whether the periods of two figures overlap or lie at most slack
// years apart. A figure without a period is near nothing.
func near(a, b Figure, slack int) bool {
	if a.From.IsZero() || b.From.IsZero() {
		return false
	}
	return a.From.Year() <= b.To.Year()+slack && b.From.Year() <= a.To.Year()+slack &&
		(slack > 0 || !a.From.After(b.To) && !b.From.After(a.To))
}

func exceeding(g Group, of []Cited) (out []Disagreement) {
	for _, part := range of {
		if len(part.Places) == 0 {
			continue
		}
		set := []Cited{part}
		for _, whole := range of {
			if len(whole.Places) == 0 && whole.Value < part.Value && near(part.Figure, whole.Figure, g.Slack) {
				set = append(set, whole)
			}
		}
		if len(set) > 1 {
			out = append(out, Disagreement{Group: g, Places: part.Places, Figures: byValue(set), PartExceedsWhole: true})
		}
	}
	return out
}
