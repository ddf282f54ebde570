"""Result in, bytes out: workbook, proposal and charts."""
