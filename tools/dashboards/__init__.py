"""Grafana's dashboards, written from code: `make dashboards`."""
