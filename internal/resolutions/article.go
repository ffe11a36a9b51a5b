package resolutions

import (
	"cmp"
	"slices"

	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// KindArticle is the kind of the ref of an article.
const KindArticle = "resolution_article"

// Article is one paragraph of a document. Until the document is opened the drafting
// group writes it; afterwards its text changes by adopted amendments alone.
type Article struct {
	ID         ref.ID    `json:"id"`
	Version    int64     `json:"version"`
	DocumentID ref.ID    `json:"resolution_id"`
	Place      string    `json:"place"` // sorts the articles of a document
	Title      i18n.Text `json:"title"`
	Text       i18n.Text `json:"text"`
	// Since is the edition in which the text became what it is. An article that was
	// deleted keeps its last text.
	Since   int64 `json:"since"`
	Deleted bool  `json:"deleted"`
	Duty
	// ProposalID is the proposal from which it grew, 0 for none.
	ProposalID ref.ID `json:"proposal_id"`
	Sample     bool   `json:"sample"`
}

// Duty is what an article asks of somebody. When the document is adopted, each article
// that asks becomes an item with owner, date and measure.
type Duty struct {
	Asks    bool      `json:"asks"`
	OwnerID ref.ID    `json:"owner_id"`
	Due     db.Date   `json:"due"`
	Measure i18n.Text `json:"measure"`
	Theme   string    `json:"theme"`
}

// whole tells that nothing is missing of what an item needs.
func (d Duty) whole() bool { return d.OwnerID != 0 && !d.Due.IsZero() && !d.Measure.IsZero() }

// Ref names the article to other rooms.
func (a Article) Ref() ref.Ref {
	title := a.Title
	if title.IsZero() {
		title = a.Text
	}
	return ref.Ref{Kind: KindArticle, ID: a.ID, Title: title, Path: "/resolutions/" + a.DocumentID.String() + "/articles/" + a.ID.String()}
}

// Root is the document.
func (a Article) Root() ref.Ref { return ref.Ref{Kind: Kind, ID: a.DocumentID} }

// JournalVersion is the version of the row.
func (a Article) JournalVersion() int64 { return a.Version }

// Public tells that drafts are open to all.
func (a Article) Public() bool { return true }

// longestArticle is how many characters an article may have; mostArticles how many
// articles a document may have.
const (
	longestArticle = 8000
	mostArticles   = 2000
)

// inOrder sorts articles as they stand in the document.
func inOrder(list []Article) []Article {
	slices.SortFunc(list, func(a, b Article) int { return cmp.Or(cmp.Compare(a.Place, b.Place), cmp.Compare(a.ID, b.ID)) })
	return list
}

// numbers counts the articles that are not deleted, from 1, by id.
func numbers(list []Article) map[ref.ID]int {
	out := map[ref.ID]int{}
	for _, a := range list {
		if !a.Deleted {
			out[a.ID] = len(out) + 1
		}
	}
	return out
}

// placeAfter is a place behind an article, before the one that follows it; with 0 it
// is before the first. ok is false when the article is not in the list.
func placeAfter(list []Article, after ref.ID) (place string, ok bool) {
	at := slices.IndexFunc(list, func(a Article) bool { return a.ID == after })
	if at < 0 && after != 0 {
		return "", false
	}
	low, high := "", ""
	if at >= 0 {
		low = list[at].Place
	}
	if at+1 < len(list) {
		high = list[at+1].Place
	}
	return between(low, high), true
}

// between gives a text that sorts behind low and before high, however often it is
// asked; an empty high is the end of all. Neither ends with the first letter.
func between(low, high string) string {
	const first, last = 'a', 'z'
	out := []byte{}
	for i := 0; ; i++ {
		lo, hi := byte(first), byte(last+1)
		if i < len(low) {
			lo = low[i]
		}
		if high != "" && i < len(high) {
			hi = high[i]
		}
		switch mid := lo + (hi-lo)/2; {
		case hi > lo && mid > lo:
			return string(append(out, mid))
		case hi > lo:
			high = "" // whatever follows is smaller
		}
		out = append(out, lo)
	}
}

// NewArticle is what the drafting group writes.
type NewArticle struct {
	After       ref.ID // the article behind which it stands, 0 for the last place
	Title, Text i18n.Text
	Duty
	ProposalID ref.ID
}

func (n NewArticle) check() error {
	var bad problem.Fields
	bad.Reject(n.Text.KK == "", "text.kk", "form.required")
	bad.Reject(n.Text.RU == "", "text.ru", "form.required")
	tooLong(&bad, "title", n.Title, longestTitle)
	tooLong(&bad, "text", n.Text, longestArticle)
	return bad.Err()
}

// over puts a text over another: a language that it does not have stays.
func over(t, below i18n.Text) i18n.Text {
	for _, l := range i18n.Langs {
		if t.Get(l) == "" {
			t.Set(l, below.Get(l))
		}
	}
	return t
}
