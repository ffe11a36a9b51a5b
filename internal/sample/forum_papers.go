package sample

import (
	"bytes"
	"context"
	"fmt"

	"birge/internal/forums"
	"birge/internal/platform/files"
	"birge/internal/platform/i18n"
)

// remember puts the minutes and the pictures of a forum on its page. Nobody is in
// the pictures.
func (t *teller) remember(ctx context.Context, f forums.Forum) error {
	text := f.Title.KK + "\n" + f.Title.RU + "\n\nБұл құжат үлгі деректерден жасалған. Документ составлен из учебных данных. This paper is made of sample data.\n"
	paper, err := t.Forums.CheckPaper(ctx, t.by, f.ID, forums.Document, "summary.txt", bytes.NewReader([]byte(text)))
	if err != nil {
		return fmt.Errorf("forum paper: %w", err)
	}
	n := forums.NewPaper{Sort: forums.Document, Title: i18n.Text{KK: "Форумның қысқаша қорытындысы", RU: "Краткие итоги форума", EN: "Summary of the forum"}}
	if _, err := t.Forums.AddPapers(ctx, t.by, f.ID, n, []*files.Checked{paper}); err != nil {
		return fmt.Errorf("forum paper: %w", err)
	}
	for _, p := range t.pictures[:min(4, len(t.pictures))] {
		n := forums.NewPaper{Sort: forums.Picture, Title: p.shows, People: files.Nobody}
		if _, err := t.Forums.AddPapers(ctx, t.by, f.ID, n, []*files.Checked{p.file}); err != nil {
			return fmt.Errorf("forum picture: %w", err)
		}
	}
	return nil
}
