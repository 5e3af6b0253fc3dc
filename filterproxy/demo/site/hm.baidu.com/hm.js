window._hmt_loaded = true; /* stands in for a statistics script */
