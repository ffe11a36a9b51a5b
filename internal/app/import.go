package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"birge/internal/platform/access"
	"birge/internal/platform/i18n"
	"birge/internal/platform/imports"
	"birge/internal/platform/table"

	"golang.org/x/sync/errgroup"
)

type importCommand struct {
	Config
	Kind string `arg:"" help:"What the table holds: projects, organizations or places."`
	File string `arg:"" help:"The table, XLSX or CSV." type:"existingfile"`
	Yes  bool   `help:"Take the good rows; otherwise the table is only checked."`
}

// Run checks a table as the pages do, writes its faulty rows beside it and, when
// it is told so, takes the good ones. It is the portal's own act.
func (c *importCommand) Run(ctx context.Context) error {
	c.Demo = c.holdsDemo()
	p, err := Open(ctx, c.Config)
	if err != nil {
		return err
	}
	return errors.Join(p.importTable(ctx, c.Kind, c.File, c.Yes), p.Close())
}

// importTable runs the jobs and the sealer of the portal until the import rests.
// A portal that serves meanwhile may do their work too: each batch is done once.
func (p *Portal) importTable(ctx context.Context, kind, path string, take bool) error {
	working, stop := context.WithCancel(ctx)
	defer stop()
	var g errgroup.Group
	g.Go(func() error {
		p.Jobs.Run(working)
		return nil
	})
	g.Go(func() error {
		p.Sealer.Run(working)
		return nil
	})
	err := p.handIn(ctx, kind, path, take)
	stop()
	return errors.Join(err, g.Wait())
}

func (p *Portal) handIn(ctx context.Context, kind, path string, take bool) error {
	by := access.Portal("import")
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("app: %w", err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return fmt.Errorf("app: %w", err)
	}
	im, err := p.Imports.Receive(ctx, by, kind, filepath.Base(path), file, info.Size())
	if err != nil {
		return err
	}
	if im, err = p.Imports.Await(ctx, by, im.ID, quietly); err != nil {
		return err
	}
	if err := p.tellImport(ctx, by, im, path); err != nil {
		return err
	}
	if im.State != imports.Checked || im.Counts.Good() == 0 {
		return nil
	}
	if !take {
		_, err := p.Imports.Drop(ctx, by, im.ID, im.Version)
		fmt.Println("nothing was changed; add --yes to take the good rows")
		return err
	}
	if im, err = p.Imports.Take(ctx, by, im.ID, im.Version); err != nil {
		return err
	}
	if im, err = p.Imports.Await(ctx, by, im.ID, quietly); err != nil {
		return err
	}
	fmt.Printf("%d rows are applied\n", im.Counts.Applied)
	return nil
}

func quietly(imports.Import) {}

// tellImport prints what was found and writes the faulty rows beside the table.
func (p *Portal) tellImport(ctx context.Context, by access.Actor, im imports.Import, path string) error {
	en := p.Words.Printer(i18n.EN)
	if im.State == imports.Failed {
		return errors.New(en.T(im.Refusal.Key, im.Refusal.Args...))
	}
	c := im.Counts
	fmt.Printf("%d rows: %d to add, %d to change, %d there already, %d refused\n", c.Read, c.Add, c.Change, c.Same, c.Refused)
	if c.Refused == 0 {
		return nil
	}
	rest := strings.TrimSuffix(path, filepath.Ext(path)) + ".refused.csv"
	out, err := os.Create(rest)
	if err != nil {
		return fmt.Errorf("app: %w", err)
	}
	err = errors.Join(p.Imports.WriteRest(ctx, by, im.ID, table.NewCSV(out), en), out.Close())
	fmt.Println("the refused rows, with the reasons:", rest)
	return err
}
